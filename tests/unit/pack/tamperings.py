"""Every way of tampering with a pack that is known here, with the code by which it is found.

The forger touches the files, or lists them again, or, where it says so, holds the key itself and seals anew.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flipgate.evidence.canonical import canonical, digest
from flipgate.evidence.pack.folder import COMMENT, EVIDENCE, README, REPORT, SUMS
from tests.unit.pack.forger import Forger, Tree

Tampering = Callable[[Forger], Any]
PICTURE = "pictures/20260101T000000Z-abc/other.png"


def _seal(**fields: object) -> Tampering:
    return lambda f: f.restate(lambda s: s["predicate"]["flipgate"].update(fields))


def _stated(**fields: object) -> Tampering:
    return lambda f: f.restate(lambda s: s.update(fields))


def _predicate(**fields: object) -> Tampering:
    return lambda f: f.restate(lambda s: s["predicate"].update(fields))


def _enveloped(**fields: object) -> Tampering:
    return lambda f: f.enveloped(lambda e: e.update(fields))


def _signature(**fields: object) -> Tampering:
    return lambda f: f.enveloped(lambda e: e["signatures"][0].update(fields))


def _record(kind: str, change: Callable[[Tree], Any], number: int = 0, **wanted: str) -> Tampering:
    """By the holder of the key: one record changed, the chain and the seal made anew."""

    def tampered(forger: Forger) -> None:
        records, record = forger.record(kind, number, **wanted)
        change(record)
        forger.rewrite(records)

    return tampered


def _body(kind: str, number: int = 0, wanted: dict[str, str] | None = None, **fields: object) -> Tampering:
    return _record(kind, lambda r: r["body"].update(fields), number, **(wanted or {}))


def _observed(path: tuple[str, ...], value: object, **wanted: str) -> Tampering:
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


def _records(change: Callable[[list[Tree]], Any]) -> Tampering:
    def tampered(forger: Forger) -> None:
        records = forger.records()
        change(records)
        forger.rewrite(records)

    return tampered


def _lost_tail(forger: Forger) -> None:
    count, head = len(forger.records()), forger.statement()["predicate"]["flipgate"]["head"]
    forger.rewrite(forger.records()[:-1])
    forger.restate(lambda s: s["predicate"]["flipgate"].update(records=count, head=head))


def _text(name: str, old: str, new: str) -> Tampering:
    """By the holder of the key: a file for people changed, and sealed anew."""

    def tampered(forger: Forger) -> None:
        forger.replace(name, old, new)
        forger.reseal()

    return tampered


def _evidence(change: Callable[[bytes], bytes]) -> Tampering:
    def tampered(forger: Forger) -> None:
        path = forger.file(EVIDENCE)
        path.write_bytes(change(path.read_bytes()))
        forger.reseal()

    return tampered


def _linked(forger: Forger) -> None:
    outside = forger.pack.parent / "elsewhere.md"
    forger.file(README).rename(outside)
    forger.file(README).symlink_to(outside)


def _sparse(forger: Forger) -> None:
    with forger.file(REPORT).open("r+b") as file:
        file.truncate(300_000_000)


def _sums(change: Callable[[str], str]) -> Tampering:
    return lambda f: f.file(SUMS).write_text(change(f.file(SUMS).read_text()))


def _renamed(forger: Forger) -> None:
    forger.pack = forger.pack.rename(forger.pack.with_name("2026-11-21-dev"))


def _new_picture(forger: Forger) -> None:
    forger.file(PICTURE).parent.mkdir(parents=True)
    forger.file(PICTURE).write_bytes(b"\x89PNG\r\n\x1a\n")
    forger.reseal()


def _first_picture(forger: Forger) -> Any:
    return next(forger.pack.rglob("*.png"))


def _other_picture(forger: Forger) -> None:
    _first_picture(forger).write_bytes(b"\x89PNG\r\n\x1a\nanother")
    forger.reseal()


def _no_picture(forger: Forger) -> None:
    _first_picture(forger).unlink()
    forger.reseal()


def _swapped(records: list[Tree]) -> None:
    second = next(n for n, one in enumerate(records) if one["run"] != records[0]["run"])
    records[second - 1], records[second] = records[second], records[second - 1]


def _repeated_gate(record: Tree) -> None:
    record["body"]["manifest"].append(record["body"]["manifest"][0])


def _cyrillic(record: Tree) -> None:
    gate = record["body"]["manifest"][0]
    gate["id"] = gate["id"].replace("console", "c\u043ensole")


def _second(tree: Tree) -> None:
    tree["signatures"].append(tree["signatures"][0])


def _duplicate_key(forger: Forger) -> None:
    path = forger.file("attestation.dsse.json")
    path.write_text(path.read_text().replace("{", '{"payloadType":"x",', 1))


def _odd_statement(forger: Forger) -> None:
    from flipgate.evidence.pack.envelope import signed

    payload = canonical(forger.statement())
    path = forger.file("attestation.dsse.json")
    path.write_bytes(signed(payload.replace(b"{", b'{"_type":"x",', 1), forger.key))


def _blank(tree: Tree) -> None:
    tree["payload"] += "\n"


def _earlier(record: Tree) -> None:
    record["machine_at"] = "2026-11-20T01:00:00Z"


def _key_twice(raw: bytes) -> bytes:
    return raw.replace(b'{"at"', b'{"at":"x","at"', 1)


SYSTEM = ("value", "said", "postgresql", "system_identifier")
CONSOLE = ("value", "page", "console_errors")
CITED = ("value", "stage", "run")
NEVER = "sha256:" + "0" * 64
TAMPERINGS: tuple[tuple[str, Tampering, str], ...] = (
    # files
    ("a listed file is gone", lambda f: f.file(README).unlink(), "file-missing"),
    ("the evidence is gone, and its line", lambda f: (f.file(EVIDENCE).unlink(), f.list_again()), "file-required"),
    ("a file is added", lambda f: f.file("more.txt").write_text("GO"), "file-unlisted"),
    ("a result in the report is edited", lambda f: f.replace(REPORT, "GO", "go"), "file-changed"),
    ("a file is huge", _sparse, "file-too-large"),
    ("a file is a link to elsewhere", _linked, "symbolic-link"),
    ("a file is a pipe", lambda f: os.mkfifo(f.file("pipe")), "not-a-file"),
    ("a name hides itself", lambda f: f.file(".hidden").write_text(""), "name-forbidden"),
    ("two names differ by case", lambda f: f.file("readme.md").write_text(""), "name-collides"),
    ("the sums have other line ends", _sums(lambda text: text.replace("\n", "\r\n")), "sums-malformed"),
    ("the sums list a file twice", _sums(lambda text: text.splitlines()[0] + "\n" + text), "sums-duplicate"),
    ("the sums lead out of the pack", _sums(lambda text: f"{'0' * 64}  ../x\n{text}"), "name-forbidden"),
    ("it had been set aside", lambda f: f.file("QUARANTINED.txt").write_text("x"), "pack-quarantined"),
    ("a token is planted", lambda f: f.file("note.txt").write_text("AKIA" + "Q7" * 8), "credential-shown"),
    ("yesterday's is today's by name", _renamed, "folder-renamed"),
    # the envelope
    ("the envelope has equal keys", _duplicate_key, "envelope-malformed"),
    ("the envelope says more", _enveloped(verdict="GO"), "envelope-fields"),
    ("the payload is said to be something else", _enveloped(payloadType="text/plain"), "payload-type"),
    (
        "the payload has blanks",
        lambda f: f.enveloped(lambda e: e.update(payload=e["payload"] + "\n")),
        "payload-encoding",
    ),
    ("the signature is stripped", _enveloped(signatures=[]), "signature-missing"),
    ("a second signature stands by", lambda f: f.enveloped(_second), "signature-extra"),
    ("the signature is another's", _signature(sig=base64.b64encode(bytes(64)).decode()), "signature-wrong"),
    ("the key's name is swapped", _signature(keyid=NEVER), "key-unknown"),
    ("all is sealed anew by a key of one's own", lambda f: f.reseal(Ed25519PrivateKey.generate()), "key-unknown"),
    # the statement, by the holder of the key
    ("the statement has equal keys", _odd_statement, "statement-malformed"),
    ("the statement is of another type", _stated(_type="https://in-toto.io/Statement/v0.1"), "statement-type"),
    ("the predicate is of another type", _stated(predicateType="https://slsa.dev/provenance/v1"), "predicate-type"),
    ("it speaks of nothing", _stated(subject=[]), "subject-empty"),
    ("it leaves a file out", lambda f: f.restate(lambda s: s["subject"].pop()), "subject-differs"),
    ("its result is better than its verdict", _predicate(result="FAILED"), "result-differs"),
    ("its verdict is not the records'", _seal(verdict="HOLD"), "verdict-differs"),
    ("it expects fewer gates", _seal(expected=[]), "gates-expected-differ"),
    ("it says more gates ran", _seal(executed=["a", "b"]), "gates-executed-differ"),
    ("it says other gates passed", _predicate(passedTests=[]), "gates-outcome-differ"),
    (
        "a run is left out of it",
        lambda f: f.restate(lambda s: s["predicate"]["flipgate"]["runs"].pop(0)),
        "runs-differ",
    ),
    ("it says more records", _seal(records=1), "records-lost"),
    ("its last record is another", _seal(head=NEVER), "head-differs"),
    ("it was judged by other text", _predicate(configuration=[]), "configuration-differs"),
    ("the seal is of tomorrow", _seal(sealed_at="2026-11-21T09:00:00Z"), "sealed-in-future"),
    ("the seal is of another tier", _seal(tier="prod"), "environment-differs"),
    ("the seal says rehearsal", _seal(provisioned=True), "rehearsal-hidden"),
    ("it is of a newer flipgate", _seal(flipgate="99.0.0"), "verifier-older"),
    ("it was sealed before the end", _seal(sealed_at="2026-11-20T08:00:00Z"), "seal-before-end"),
    # the evidence, by the holder of the key
    ("the evidence begins with a mark", _evidence(lambda raw: b"\xef\xbb\xbf" + raw), "evidence-malformed"),
    (
        "a record has a key twice",
        _evidence(_key_twice),
        "evidence-not-canonical",
    ),
    ("a record is of a new kind", _record("run_end", lambda r: r.update(kind="note")), "record-unknown"),
    ("a record is edited", lambda f: f.rewrite_unchained("GO", "HOLD"), "chain-broken"),
    ("the ledger's begin is cut", _records(lambda rs: rs.pop(0)), "record-order"),
    ("the tail is cut", _lost_tail, "records-lost"),
    ("what came before is another", lambda f: f.anchor(NEVER[:-1] + "1"), "anchor-differs"),
    (
        "a record is older than the one before",
        _record("run_end", _earlier),
        "clock-backwards",
    ),
    ("the world is older than stated", _record("run_start", lambda r: r["body"].update(offset_s=60)), "offset-differs"),
    ("two runs are mixed", _records(_swapped), "runs-interleaved"),
    ("a run ends twice", _records(lambda rs: rs.append({**rs[-1], "seq": rs[-1]["seq"] + 1})), "run-repeated"),
    ("a gate leaves the manifest", _record("run_start", lambda r: r["body"].update(manifest=[])), "gate-unlisted"),
    ("a gate stands twice", _record("run_start", _repeated_gate), "gate-repeated"),
    ("a gate's name only looks right", _record("run_start", _cyrillic), "id-confusable"),
    (
        "the servers are others",
        _observed(SYSTEM, "1"),
        "identity-differs",
    ),
    # what was judged, by the holder of the key
    ("a step is of no sentence", _body("step", index=7), "step-unlisted"),
    ("a sentence is another", _body("step", text="the weather is looked up"), "step-text-differs"),
    ("a STOP is weighed as a guard", _body("step", 1, cap="hold"), "step-cap-differs"),
    ("a claim is GO by itself", _body("step", 1, judge=""), "step-unfounded"),
    ("an observation is not there", _body("step", 1, observation=NEVER), "observation-missing"),
    ("an observation is edited", _body("observation", 1, sha256=NEVER), "observation-changed"),
    ("an observation is of no fact", _body("observation", 1, fact="portal.Nothing"), "fact-unknown"),
    ("a gate of one's own judged it", _body("step", 1, judge="mine.always_go"), "judge-unknown"),
    ("a gate is asked what it cannot judge", _body("step", 1, judge="reports.days_must_pass"), "judge-fails"),
    ("the limit is raised", _body("step", -1, figures={"max_age_s": 864000.0}), "figures-differ"),
    (
        "a STOP becomes GO",
        _observed(CONSOLE, ["boom"], fact="portal.FlowSeen"),
        "step-verdict-differs",
    ),
    ("a figure is told better", _body("step", 1, seen="no error at all"), "step-words-differ"),
    ("a gate's verdict is edited", _body("gate_end", verdict="HOLD"), "gate-verdict-differs"),
    ("a run's verdict is edited", _body("run_end", verdict="HOLD"), "run-verdict-differs"),
    (
        "a stage is cited that was none",
        _observed(CITED, "x", fact="sign_off.StageEvidence"),
        "stage-misquoted",
    ),
    (
        "a word is cited that nobody gave",
        _observed(("value", "by"), "x", fact="sign_off.Attestation"),
        "word-misquoted",
    ),
    # pictures and texts, by the holder of the key
    ("a picture is swapped", _other_picture, "picture-changed"),
    ("a picture is gone", _no_picture, "picture-missing"),
    ("a picture is added", _new_picture, "picture-unnamed"),
    ("the comment says more", _text(COMMENT, "Demo", "Whole"), "comment-differs"),
    ("the README says more", _text(README, "offline", "online"), "readme-differs"),
    ("the report's first page says more", _text(REPORT, "no error", "not one error"), "report-differs"),
)
