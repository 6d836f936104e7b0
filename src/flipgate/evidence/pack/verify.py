"""Does a pack hold? Everything in it is computed again from its records, offline; each thing that differs is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from flipgate.core.errors import visible
from flipgate.core.verdict import Verdict
from flipgate.evidence.pack.contents import contents
from flipgate.evidence.pack.envelope import NAME as ENVELOPE
from flipgate.evidence.pack.envelope import Envelope
from flipgate.evidence.pack.extract import read_extract
from flipgate.evidence.pack.folder import EVIDENCE, read_folder
from flipgate.evidence.pack.made import pictures, posted, texts
from flipgate.evidence.pack.reasons import Finding
from flipgate.evidence.pack.recomputed import recomputed
from flipgate.evidence.pack.runs import in_order
from flipgate.evidence.pack.scan import shown
from flipgate.evidence.pack.stated import now_and_here, of_these_files, of_these_records
from flipgate.evidence.pack.statement import Seal, Statement, read_statement
from flipgate.evidence.pack.story import told


@dataclass(frozen=True)
class Asked:
    """What a pack is held against: whose signatures count, what time it is, which environment is meant ("" for any)."""

    pinned: Mapping[str, Ed25519PublicKey]
    now: datetime
    environment: str = ""
    posted: str = ""


@dataclass(frozen=True)
class Verified:
    """What came of it. `seal` is None where no statement could be read; `signer` the key that the envelope names."""

    findings: tuple[Finding, ...]
    seal: Seal | None
    signer: str
    records: int

    @property
    def verdict(self) -> Verdict:
        """The sealed verdict where everything holds, else STOP: what was tampered with is worth nothing."""
        return Verdict.STOP if self.findings or self.seal is None else Verdict(self.seal.verdict)


def verify(path: Path, asked: Asked) -> Verified:
    """Does this pack hold, and which verdict does it then say?

    Errors: Refused where there is no such folder.
    Cost: about a second for a whole cutover.
    """
    folder = read_folder(path)
    envelope = Envelope(folder.files.get(ENVELOPE, b""), asked.pinned)
    findings = [*folder.findings]
    findings += envelope.findings if ENVELOPE in folder.files else ()
    hits = [hit for name, raw in folder.files.items() for hit in shown(name, raw)]
    findings += [Finding("credential-shown", hit.name, hit.what) for hit in hits]
    taken, wrong = read_extract(folder.files.get(EVIDENCE, b""))
    findings += wrong
    records = taken.records()
    checks = [in_order(records), recomputed(records), pictures(folder, taken)]
    stated = _statement(envelope, findings) if envelope.payload else None
    if stated:
        found, seal = contents(taken), stated.seal
        checks += [of_these_files(folder, stated), now_and_here(folder, seal, asked.now, asked.environment)]
        checks += [told(records, seal), of_these_records(stated, taken, found), texts(folder, seal, found)]
        checks += [posted(folder, asked.posted)]
    findings += [finding for check in checks for finding in _whatever_comes(check)]
    unique = tuple(dict.fromkeys(findings))
    return Verified(unique, stated.seal if stated else None, envelope.signer, len(records))


def _whatever_comes(check: Iterator[Finding]) -> Iterator[Finding]:
    """What a check finds. One that breaks over what it is shown has found something too."""
    try:
        yield from check
    except Exception as error:
        yield Finding("evidence-malformed", EVIDENCE, visible(f"{type(error).__name__}: {error}"))


def _statement(envelope: Envelope, findings: list[Finding]) -> Statement | None:
    try:
        return read_statement(envelope.payload)
    except (ValueError, msgspec.ValidationError) as error:
        findings.append(Finding("statement-malformed", ENVELOPE, visible(str(error))))
        return None
