"""What do the application's lists show to a role, at each replica, and what do the rows say?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """How many patches and requests for information?"""

    patches: int
    rfis: int

    @property
    def total(self) -> int:
        return self.patches + self.rfis


@dataclass(frozen=True)
class QueueAnswer:
    """What the queue answered at one replica. counts None: it failed with this status.

    source      where it says that it looked: "db" or "local".
    served      what the replica's own flags say of reads: "true", "false".
    items       how many it showed; total: how many it says that there are.
    """

    address: str
    status: int
    source: str = ""
    served: str = ""
    counts: Counts | None = None
    items: int = 0
    total: int = 0


@dataclass(frozen=True)
class QueueReading:
    """The queue of one role at every replica; the rows of the workspace right before and right after."""

    role: str
    answers: tuple[QueueAnswer, ...]
    before: Counts
    after: Counts


@dataclass(frozen=True)
class ListsAnswer:
    """What patches and requests for information showed to one role at one replica, every page of them.

    status     of the first page that failed, else 200; `failed`: which list.
    items      how many they showed.
    foreign    ids of those that are not the role's to see: of another author, or not awaiting a verifier.
    missing    ids of rows that are the role's, stood still, and were not shown; unknown: shown, and no row.
    diverging  shown in another state or version than their row, which stood still.
    """

    address: str
    role: str
    status: int
    failed: str = ""
    sources: tuple[str, ...] = ()
    items: int = 0
    foreign: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    diverging: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListsReading:
    """The lists of one or more roles at every replica; `rows`: how many rows the workspace had."""

    answers: tuple[ListsAnswer, ...]
    rows: int
