"""How is a cutover sealed: written, searched for credentials, signed, and only then called a pack?"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from flipgate.core.errors import FlipgateError, Refused
from flipgate.core.redaction import KNOWN
from flipgate.evidence.about import About, about
from flipgate.evidence.ledger import refuse_second_writer
from flipgate.evidence.pack.contents import SIGN_OFF, Contents, contents, runs_of
from flipgate.evidence.pack.envelope import NAME as ENVELOPE
from flipgate.evidence.pack.envelope import signed
from flipgate.evidence.pack.extract import Extract, extract
from flipgate.evidence.pack.folder import EVIDENCE, PICTURES, QUARANTINED, REPORT, SUMS, sha256, sums
from flipgate.evidence.pack.scan import Hit, scan
from flipgate.evidence.pack.statement import Seal, executed_of, expected_of, statement, written
from flipgate.evidence.pictures import pictures
from flipgate.evidence.report import report_of


class Quarantined(FlipgateError):
    """A credential was found in what was about to be sealed: HOLD. Says where; the pack was set aside."""

    def __init__(self, folder: Path, hits: tuple[Hit, ...]) -> None:
        self.folder, self.hits = folder, hits
        super().__init__(f"{len(hits)} credentials would have left in it; set aside as {folder}: {hits[0]}")


@dataclass(frozen=True)
class Order:
    """What is to be sealed: which ledger, for which project, by whose key, into which folder of reports, when."""

    ledger: Path
    root: Path
    reports: Path
    key: Ed25519PrivateKey
    sealed_at: datetime


def seal(order: Order) -> Path:
    """Where is the pack of the newest instance in this ledger?

    Errors: Refused: nothing was signed off, somebody is writing the ledger. Quarantined.
    Cost: two to three seconds, most of it Allure's.
    """
    refuse_second_writer(order.ledger)
    taken = extract(order.ledger)
    told = contents(taken)
    if not any(run.stage == SIGN_OFF for run in told.runs):
        raise Refused(f"{order.ledger}: no sign-off was run; run pytest -m {SIGN_OFF} first")
    sealed = _sealed(order, taken, told)
    home = order.reports / sealed.runbook
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=home) as scratch:
        draft = Path(scratch, "pack")
        draft.mkdir()
        files = _written(draft, order, (taken, told), sealed)
        if hits := scan(files):
            raise Quarantined(_set_aside(draft, home / f"quarantine-{name_of(sealed)}", hits), hits)
        _sign(draft, files, sealed, (told, order.key))
        return _named(draft, home / name_of(sealed))


def name_of(sealed: Seal) -> str:
    """How is the folder of this pack called?"""
    return f"{sealed.sealed_at:%Y-%m-%d}-{sealed.environment}"


def _sealed(order: Order, taken: Extract, told: Contents) -> Seal:
    start = told.runs[-1].start
    runbook: About = about(order.root, start.runbook)
    return Seal(
        environment=start.environment,
        tier=start.tier,
        instance=start.instance,
        provisioned=start.provisioned,
        runbook=start.runbook,
        title=runbook.title,
        tracker=runbook.tracker,
        issue_url=runbook.issue_url,
        verdict=told.verdict.value,
        sealed_at=order.sealed_at,
        after=taken.after,
        head=taken.head,
        records=len(taken.lines),
        runs=runs_of(told.runs),
        expected=expected_of(told.runs),
        executed=executed_of(told.runs),
        looked_for=KNOWN.references,
        flipgate=version("flipgate"),
    )


def _written(draft: Path, order: Order, cutover: tuple[Extract, Contents], sealed: Seal) -> dict[str, bytes]:
    """Every file but the sums and the envelope, written and as bytes."""
    taken, told = cutover
    evidence = taken.written()
    digest = sha256(evidence)
    (draft / EVIDENCE).write_bytes(evidence)
    for name, raw in told.texts(sealed, digest).items():
        (draft / name).write_bytes(raw)
    for run in told.runs:
        _keep_pictures(run.id, order.ledger.parent, draft / PICTURES, taken)
    opening = told.opening(sealed, digest, draft / PICTURES)
    report_of(told.runs, opening, draft / REPORT, root=order.root, kept=draft / PICTURES)
    return {path.relative_to(draft).as_posix(): path.read_bytes() for path in draft.rglob("*") if path.is_file()}


def _keep_pictures(run: str, kept: Path, target: Path, taken: Extract) -> None:
    for record in taken.records():
        if record.run == run and record.kind == "observation":
            for shown in pictures(record.body, kept / run):  # type: ignore[arg-type]
                if shown.content:
                    (target / run).mkdir(parents=True, exist_ok=True)
                    (target / run / shown.name).write_bytes(shown.content)


def _sign(draft: Path, files: dict[str, bytes], sealed: Seal, signing: tuple[Contents, Ed25519PrivateKey]) -> None:
    told, key = signing
    listed = sums(files)
    (draft / SUMS).write_bytes(listed)
    digests = {name: sha256(raw) for name, raw in {**files, SUMS: listed}.items()}
    (draft / ENVELOPE).write_bytes(signed(written(statement(sealed, told.runs, digests)), key))


def _set_aside(draft: Path, target: Path, hits: tuple[Hit, ...]) -> Path:
    lines = "\n".join(f"- {hit}" for hit in hits)
    text = "This is no pack. A credential stands in it; it was neither signed nor listed. Find out how it came in."
    (draft / QUARANTINED).write_text(f"{text}\n\n{lines}\n", encoding="utf-8")
    draft.chmod(0o700)
    return _named(draft, target)


def _named(draft: Path, target: Path) -> Path:
    """Under the first name that is free: nothing that was sealed is ever overwritten."""
    number, free = 1, target
    while free.exists():
        number += 1
        free = target.with_name(f"{target.name}-{number}")
    os.rename(draft, free)  # noqa: PTH104 - fails, as it has to, where the name was taken meanwhile
    return free
