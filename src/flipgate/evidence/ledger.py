"""What was seen and judged in this environment, and is the record whole?

One file for each environment and runbook, append-only. Every line names the digest of the line before it. It is written
at once, so that a killed run loses nothing, and forced to the disk (fsync) with the verdict that rests on it, before
anything that it says is shown. One writer at a time. A line that a crash cut short stays as it is; the
next line begins after it and chains to its bytes.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from flipgate.core.clock import Clock
from flipgate.core.errors import Refused
from flipgate.evidence.canonical import digest
from flipgate.evidence.records import Body, GateJudged, Record, RunJudged, RunStart, line_of, record_of, redacted_record
from flipgate.evidence.words import Attested, Waived

_FORCED = (RunStart, GateJudged, RunJudged, Attested, Waived)
GENESIS = "sha256:" + "0" * 64


@dataclass(frozen=True)
class Line:
    """One line as found: its record, or None with the reason why it is none; `chained`: it names the line before it."""

    number: int
    record: Record | None
    chained: bool
    problem: str = ""


def lines(path: Path) -> Iterator[Line]:
    """What does the ledger hold, line by line, oldest first? Nothing where there is no ledger yet.

    Errors: Refused for a ledger of another schema.
    """
    previous = GENESIS
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, raw in enumerate(file, start=1):
            line = raw.rstrip(b"\n")
            try:
                record = record_of(line)
            except (ValueError, TypeError) as error:
                yield Line(number, None, chained=False, problem=str(error))
            except Refused as error:
                raise Refused(f"{path}:{number}: {error}") from None
            else:
                yield Line(number, record, chained=record.previous == previous)
            previous = digest(line)


def records(path: Path) -> tuple[Record, ...]:
    """Which records does the ledger hold, oldest first? Torn lines are left out, never mended."""
    return tuple(line.record for line in lines(path) if line.record is not None)


def refuse_second_writer(path: Path) -> None:
    """Is nobody writing this ledger now? Asked early, before anything is started that a second run could not use.

    Errors: Refused.
    """
    if path.exists():
        os.close(_locked(path))


class Ledger:
    """The one writer of a ledger file, for the length of a run."""

    def __init__(self, path: Path, run: str, clock: Clock) -> None:
        self.path, self.run, self.clock = path, run, clock
        self._seq = 0
        _refuse_other_schema(path)
        self._file = _locked(path)
        self._previous = self._last_digest()

    def append(self, body: Body) -> Record:
        """Which record was written? Starts, verdicts and ends are on disk, with all before them, when this returns."""
        machine_at, monotonic_s = self.clock.machine(), round(self.clock.monotonic(), 6)
        at = self.clock.to_world(machine_at)
        record = redacted_record(Record(self.run, self._seq, at, machine_at, monotonic_s, body, self._previous))
        line = line_of(record)
        self._write(line + b"\n")
        if isinstance(body, _FORCED):
            os.fsync(self._file)
        self._seq, self._previous = self._seq + 1, digest(line)
        return record

    def close(self) -> None:
        """End writing; another run may begin."""
        os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _write(self, raw: bytes) -> None:
        rest = memoryview(raw)
        while rest:
            rest = rest[os.write(self._file, rest) :]

    def _last_digest(self) -> str:
        raw = self.path.read_bytes()
        if raw and not raw.endswith(b"\n"):
            self._write(b"\n")
        last = raw.rstrip(b"\n").rpartition(b"\n")[2]
        return digest(last) if raw else GENESIS


def _refuse_other_schema(path: Path) -> None:
    """A ledger has one schema from its first line on."""
    next(lines(path), None)


def _locked(path: Path) -> int:
    """The file, open for this writer alone. Its name is on the disk before its first record is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = not path.exists()
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(file)
        raise Refused(f"{path.parent}: {_who_writes(path)}; wait until it has ended") from error
    if new:
        _force_folder(path.parent)
    return file


def _who_writes(path: Path) -> str:
    starts = [record for record in records(path) if isinstance(record.body, RunStart)]
    if not starts:
        return "another run is writing this ledger"
    newest, body = starts[-1], starts[-1].body
    assert isinstance(body, RunStart)
    who = f" of {body.operator}" if body.operator else ""
    return f"another run is writing this ledger, the newest in it is {newest.run}{who} ({body.stage or 'exploratory'})"


def _force_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
