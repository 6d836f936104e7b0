"""Whoever tampers with a pack: with the files alone, with the sums too, or with the key itself."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flipgate.evidence.canonical import canonical, digest
from flipgate.evidence.pack.envelope import NAME as ENVELOPE
from flipgate.evidence.pack.envelope import signed
from flipgate.evidence.pack.folder import EVIDENCE, SUMS, sha256, sums
from flipgate.evidence.pack.keys import key_id
from flipgate.evidence.pack.verify import Asked, Verified, verify

Tree = dict[str, Any]


@dataclass
class Forger:
    """A pack, the key that it was signed with, and when."""

    pack: Path
    key: Ed25519PrivateKey
    sealed_at: datetime

    def verified(self, environment: str = "", posted: str = "") -> Verified:
        public = self.key.public_key()
        asked = Asked({key_id(public): public}, self.sealed_at + timedelta(minutes=1), environment, posted)
        return verify(self.pack, asked)

    def codes(self, environment: str = "", posted: str = "") -> set[str]:
        return {finding.code for finding in self.verified(environment, posted).findings}

    def file(self, name: str) -> Path:
        return self.pack / name

    def replace(self, name: str, old: str, new: str) -> None:
        text = self.file(name).read_text()
        assert old in text
        self.file(name).write_text(text.replace(old, new, 1))

    def records(self) -> list[Tree]:
        raw = json.loads(self.file(EVIDENCE).read_text())
        return list(raw["lines"])

    def record(self, kind: str, number: int = 0, **wanted: str) -> tuple[list[Tree], Tree]:
        """All records, and the one of them that is meant."""
        records = self.records()
        found = [r for r in records if r["kind"] == kind and all(r["body"].get(k) == v for k, v in wanted.items())]
        return records, found[number]

    def rewrite(self, records: list[Tree], *, chain: bool = True) -> None:
        """The evidence with these records, chained anew, as whoever holds the key could write it."""
        head = self.file(EVIDENCE).read_bytes().split(b"\n", 1)[0]
        previous = json.loads(self.file(EVIDENCE).read_text())["after"]
        lines = []
        for record in records:
            if chain:
                record["previous"] = previous
            lines.append(canonical(record))
            previous = digest(lines[-1])
        self.file(EVIDENCE).write_bytes(head + b"\n" + b",\n".join(lines) + b"\n]}\n")
        self.reseal(head=previous, records=len(lines))

    def rewrite_unchained(self, old: str, new: str) -> None:
        """A word of the first record that has it, changed; the chain stays as it was."""
        records = self.records()
        found = next(record for record in records if record["body"].get("verdict") == old)
        found["body"]["verdict"] = new
        self.rewrite(records, chain=False)

    def anchor(self, after: str) -> None:
        """What is said to have come before the first record."""
        raw = self.file(EVIDENCE).read_bytes()
        old = json.loads(raw)["after"]
        self.file(EVIDENCE).write_bytes(raw.replace(old.encode(), after.encode(), 1))
        self.reseal()

    def reseal(self, key: Ed25519PrivateKey | None = None, **seal: object) -> None:
        """Sums and statement over what lies there now, signed anew."""

        def sealed_as(statement: Tree) -> None:
            statement["predicate"]["flipgate"].update(seal)

        self.list_again()
        self.restate(sealed_as, key)

    def list_again(self) -> None:
        files = {
            path.relative_to(self.pack).as_posix(): path.read_bytes()
            for path in self.pack.rglob("*")
            if path.is_file() and not path.is_symlink() and path.name not in (SUMS, ENVELOPE)
        }
        self.file(SUMS).write_bytes(sums(files))

    def restate(self, change: Callable[[Tree], None], key: Ed25519PrivateKey | None = None) -> None:
        """Another statement over the present files, signed."""
        statement = self.statement()
        listed = [line.split("  ", 1) for line in self.file(SUMS).read_text().splitlines()]
        named = {name: value for value, name in listed} | {SUMS: sha256(self.file(SUMS).read_bytes())}
        statement["subject"] = [{"name": n, "digest": {"sha256": v}} for n, v in sorted(named.items())]
        change(statement)
        self.file(ENVELOPE).write_bytes(signed(canonical(statement), key or self.key))

    def statement(self) -> Tree:
        return dict(json.loads(base64.b64decode(self.envelope()["payload"])))

    def envelope(self) -> Tree:
        return dict(json.loads(self.file(ENVELOPE).read_text()))

    def enveloped(self, change: Callable[[Tree], None]) -> None:
        """The envelope changed as JSON, not signed anew."""
        envelope = self.envelope()
        change(envelope)
        self.file(ENVELOPE).write_text(json.dumps(envelope))
