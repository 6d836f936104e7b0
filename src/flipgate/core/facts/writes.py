"""What was written by the suite itself, how was it answered, and what became of the row?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Outcome = Literal["made", "forbidden", "stale"]


@dataclass(frozen=True)
class Event:
    """One event of the audit trail."""

    kind: str
    actor: str
    from_state: str
    to_state: str
    version: int


@dataclass(frozen=True)
class Row:
    """A row as it stood: its state and version, and a digest of all of it."""

    state: str
    version: int
    digest: str


@dataclass(frozen=True)
class Attempt:
    """One write that a procedure made or tried.

    what            in words: "create a patch", "patch Draft → Submitted with version 1".
    wants           how the procedure wants it to end: made, refused to this role, refused as stale.
    to_state        the state that was asked for.
    status, code    of the answer; code of its error, "" without one.
    state, version  that it answered; "" and 0 without any. source: "db" or "local", as it says.
    before, after   the row; None where there was none.
    events          of this record that the trail gained meanwhile; the `actor` of each is its role here.
    """

    what: str
    role: str
    record: str
    wants: Outcome
    to_state: str
    sent_version: int
    status: int
    code: str = ""
    state: str = ""
    version: int = 0
    source: str = ""
    before: Row | None = None
    after: Row | None = None
    events: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Attempts:
    """All that one procedure tried, in its order."""

    procedure: str
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True)
class BatchAnswer:
    """How one sending of a batch was answered."""

    status: int
    id: str
    duplicate: bool | None


@dataclass(frozen=True)
class BatchReading:
    """The same file and revision, sent twice; `rows`: ids of the batches that the database holds of it."""

    file: str
    revision: str
    answers: tuple[BatchAnswer, ...]
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Transition:
    """The newest transition of a record, by its row, and how many events of the trail tell of it."""

    record: str
    to_state: str
    version: int
    at: datetime
    events: int


@dataclass(frozen=True)
class TransitionsReading:
    """The newest transitions since a flip, beside their events, newest first."""

    transitions: tuple[Transition, ...]
