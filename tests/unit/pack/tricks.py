"""How a pack is tampered with: what a forger does to its files, its envelope, its statement, its records.

The forger touches the files, or lists them again, or, where it says so, holds the key itself and seals anew.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flipgate.evidence.canonical import canonical, digest
from flipgate.evidence.pack.folder import EVIDENCE, README, REPORT, SUMS
from tests.unit.pack.forger import Forger, Tree

Tampering = Callable[[Forger], Any]
PICTURE = "pictures/20260101T000000Z-abc/other.png"


def seal(**fields: object) -> Tampering:
    return lambda f: f.restate(lambda s: s["predicate"]["flipgate"].update(fields))


def stated(**fields: object) -> Tampering:
    return lambda f: f.restate(lambda s: s.update(fields))


def predicate(**fields: object) -> Tampering:
    return lambda f: f.restate(lambda s: s["predicate"].update(fields))


def enveloped(**fields: object) -> Tampering:
    return lambda f: f.enveloped(lambda e: e.update(fields))


def signature(**fields: object) -> Tampering:
    return lambda f: f.enveloped(lambda e: e["signatures"][0].update(fields))


def record(kind: str, change: Callable[[Tree], Any], number: int = 0, **wanted: str) -> Tampering:
    """By the holder of the key: one record changed, the chain and the seal made anew."""

    def tampered(forger: Forger) -> None:
        records, record = forger.record(kind, number, **wanted)
        change(record)
        forger.rewrite(records)

    return tampered


def body(kind: str, number: int = 0, wanted: dict[str, str] | None = None, **fields: object) -> Tampering:
    return record(kind, lambda r: r["body"].update(fields), number, **(wanted or {}))


def observed(path: tuple[str, ...], value: object, **wanted: str) -> Tampering:
    """An observation changed, with its digest, and with every step that judged it."""

    def tampered(forger: Forger) -> None:
        records, record = forger.record("observation", 0, **wanted)
        old, tree = record["body"]["sha256"], record["body"]["observation"]
        for key in path[:-1]:
            tree = tree[key]
        tree[path[-1]] = value
        new = digest(canonical(record["body"]["observation"]))
        for one in records:
            if one["body"].get("sha256") == old:
                one["body"]["sha256"] = new
            if one["body"].get("observation") == old:
                one["body"]["observation"] = new
        forger.rewrite(records)

    return tampered


def records(change: Callable[[list[Tree]], Any]) -> Tampering:
    def tampered(forger: Forger) -> None:
        records = forger.records()
        change(records)
        forger.rewrite(records)

    return tampered


def lost_tail(forger: Forger) -> None:
    count, head = len(forger.records()), forger.statement()["predicate"]["flipgate"]["head"]
    forger.rewrite(forger.records()[:-1])
    forger.restate(lambda s: s["predicate"]["flipgate"].update(records=count, head=head))


def text(name: str, old: str, new: str) -> Tampering:
    """By the holder of the key: a file for people changed, and sealed anew."""

    def tampered(forger: Forger) -> None:
        forger.replace(name, old, new)
        forger.reseal()

    return tampered


def evidence(change: Callable[[bytes], bytes]) -> Tampering:
    def tampered(forger: Forger) -> None:
        path = forger.file(EVIDENCE)
        path.write_bytes(change(path.read_bytes()))
        forger.reseal()

    return tampered


def linked(forger: Forger) -> None:
    outside = forger.pack.parent / "elsewhere.md"
    forger.file(README).rename(outside)
    forger.file(README).symlink_to(outside)


def sparse(forger: Forger) -> None:
    with forger.file(REPORT).open("r+b") as file:
        file.truncate(300_000_000)


def sums(change: Callable[[str], str]) -> Tampering:
    return lambda f: f.file(SUMS).write_text(change(f.file(SUMS).read_text()))


def renamed(forger: Forger) -> None:
    forger.pack = forger.pack.rename(forger.pack.with_name("2026-11-21-dev"))


def new_picture(forger: Forger) -> None:
    forger.file(PICTURE).parent.mkdir(parents=True)
    forger.file(PICTURE).write_bytes(b"\x89PNG\r\n\x1a\n")
    forger.reseal()


def first_picture(forger: Forger) -> Any:
    return next(forger.pack.rglob("*.png"))


def other_picture(forger: Forger) -> None:
    first_picture(forger).write_bytes(b"\x89PNG\r\n\x1a\nanother")
    forger.reseal()


def no_picture(forger: Forger) -> None:
    first_picture(forger).unlink()
    forger.reseal()


def swapped(records: list[Tree]) -> None:
    second = next(n for n, one in enumerate(records) if one["run"] != records[0]["run"])
    records[second - 1], records[second] = records[second], records[second - 1]


def repeated_gate(record: Tree) -> None:
    record["body"]["manifest"].append(record["body"]["manifest"][0])


def cyrillic(record: Tree) -> None:
    gate = record["body"]["manifest"][0]
    gate["id"] = gate["id"].replace("console", "c\u043ensole")


def second(tree: Tree) -> None:
    tree["signatures"].append(tree["signatures"][0])


def duplicate_key(forger: Forger) -> None:
    path = forger.file("attestation.dsse.json")
    path.write_text(path.read_text().replace("{", '{"payloadType":"x",', 1))


def odd_statement(forger: Forger) -> None:
    from flipgate.evidence.pack.envelope import signed

    payload = canonical(forger.statement())
    path = forger.file("attestation.dsse.json")
    path.write_bytes(signed(payload.replace(b"{", b'{"_type":"x",', 1), forger.key))


def blank(tree: Tree) -> None:
    tree["payload"] += "\n"


def earlier(record: Tree) -> None:
    record["machine_at"] = "2026-11-20T01:00:00Z"


def key_twice(raw: bytes) -> bytes:
    return raw.replace(b'{"at"', b'{"at":"2026-11-20T00:00:00Z","at"', 1)


SYSTEM = ("value", "said", "postgresql", "system_identifier")
CONSOLE = ("value", "page", "console_errors")
CITED = ("value", "stage", "run")
NEVER = "sha256:" + "0" * 64
