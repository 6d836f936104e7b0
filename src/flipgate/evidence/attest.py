"""How does a person give their word: that a box is done, or that a box or gate is knowingly left as it is?

A word is written to the ledger under its lock, like a run. It speaks of the instance that the newest run there looked
at, and of nothing else; a word before the first run would speak of nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from flipgate.core.clock import Clock
from flipgate.core.errors import Refused, visible
from flipgate.evidence.about import Box, about, root_of
from flipgate.evidence.ledger import Ledger, records
from flipgate.evidence.operator import operator
from flipgate.evidence.proof import proof_of
from flipgate.evidence.records import Record, RunStart
from flipgate.evidence.words import Attested, Waived

_LONGEST = 2000


@dataclass(frozen=True)
class Times:
    """Until when does a word hold ("": until the next flip), and when was it done that it speaks of ("": not said)?"""

    expires: str = ""
    done_at: str = ""


def attest(ledger: Path, box: str, by: str, note: str, file: Path | None = None, times: Times = Times()) -> Record:
    """Which record holds this person's word that a box is done, and when it was, where they say so?

    Errors: Refused: no such box, one that a stage ticks, nothing said, a date that is over, a time without a zone or in
            the future, no regular file, no run.
    """
    with _desk(ledger) as desk:
        found = desk.box(box)
        if found.stage:
            raise Refused(f"box {box} is ticked by a GO of {found.stage}, not by a word: pytest -m {found.stage}")
        word = Attested(
            environment=desk.newest.environment,
            instance=desk.newest.instance,
            runbook=desk.newest.runbook,
            box=int(box),
            owner=found.owner,
            by=_said("--by", by),
            operator=operator(),
            note=_said("--note", note),
            proof=proof_of(file) if file else None,
            expires=_until(times.expires, desk.ledger.clock.now()) if times.expires else None,
            done_at=_past(times.done_at, desk.ledger.clock.now()) if times.done_at else None,
        )
        return desk.ledger.append(word)


def waive(ledger: Path, what: str, by: str, owner: str, reason: str, expires: str) -> Record:
    """Which record holds this person's word that a box or gate is knowingly left as it is? It makes nothing GO.

    what    a box's number, or a gate's title or id as the newest runs had it.
    Errors: Refused: no such box or gate, nothing said, a date that is over, no run.
    """
    with _desk(ledger) as desk:
        word = Waived(
            environment=desk.newest.environment,
            instance=desk.newest.instance,
            runbook=desk.newest.runbook,
            what=desk.named(what),
            by=_said("--by", by),
            owner=_said("--owner", owner),
            operator=operator(),
            reason=_said("--reason", reason),
            expires=_until(expires, desk.ledger.clock.now()),
        )
        return desk.ledger.append(word)


@dataclass(frozen=True)
class _Desk:
    """Where a word is written: the ledger, open for this writer alone, and what is known there."""

    ledger: Ledger
    starts: Sequence[RunStart]
    boxes: dict[str, Box]

    @property
    def newest(self) -> RunStart:
        return self.starts[-1]

    def box(self, number: str) -> Box:
        if number not in self.boxes:
            known = ", ".join(f"{name} ({box.owner})" for name, box in self.boxes.items()) or "none"
            raise Refused(f"{self.newest.runbook} has no box {visible(number)!r}; its boxes: {known}")
        return self.boxes[number]

    def named(self, what: str) -> str:
        """A box by its number, a gate by its title or id."""
        if what in self.boxes:
            return f"box {what}"
        ids = {gate.id for start in self.starts for gate in start.manifest if what in (gate.id, gate.title)}
        if len(ids) != 1:
            boxes = ", ".join(self.boxes) or "none"
            raise Refused(
                f"{visible(what)!r} is neither a box ({boxes}) nor the title or id of a gate that was run here"
            )
        return ids.pop()


@contextmanager
def _desk(path: Path) -> Iterator[_Desk]:
    if not path.is_file():
        raise Refused(f"{path}: nothing was run here yet, so there is nothing to give a word for")
    with Ledger(path, f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}", Clock()) as ledger:
        starts = [record.body for record in records(path) if isinstance(record.body, RunStart)]
        if not starts:
            raise Refused(f"{path}: nothing was run here yet, so there is nothing to give a word for")
        ledger.clock = Clock(starts[-1].offset_s)
        yield _Desk(ledger, starts, about(root_of(path), starts[-1].runbook).boxes)


def _said(option: str, text: str) -> str:
    said = " ".join(text.split())
    if not any(char.isalnum() for char in said):
        raise Refused(f"{option} says nothing: a word is given by somebody, in words")
    if len(said) > _LONGEST:
        raise Refused(f"{option} is {len(said)} characters long; at most {_LONGEST} are kept")
    return visible(said, _LONGEST)


def _past(text: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused(f"--when {visible(text)!r}: a time with its zone is wanted") from error
    if moment.tzinfo is None:
        raise Refused(f"--when {visible(text)!r}: a time without a zone could be any of 24 hours")
    if moment > now:
        raise Refused(f"--when {visible(text)!r}: that is to come; now it is {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
    return moment


def _until(text: str, now: datetime) -> datetime:
    """A date is meant whole, in UTC; a time needs its zone."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise Refused(f"--expires {visible(text)!r}: a date (2026-12-31) or a time with its zone is wanted") from error
    if moment.tzinfo is None and (moment.time() != time() or len(text.strip()) > len("2026-12-31")):
        raise Refused(f"--expires {visible(text)!r}: a time without a zone could be any of 24 hours")
    until = moment if moment.tzinfo else moment.replace(tzinfo=UTC) + timedelta(days=1)
    if until <= now:
        raise Refused(f"--expires {visible(text)!r}: that is over; now it is {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
    return until
