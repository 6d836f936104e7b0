"""What does a database hold: migrations, records and roles of a workspace, its backups?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flipgate.core.facts.history import Flip


@dataclass(frozen=True)
class Migrations:
    """Version -> when it was applied (world time), of those that are."""

    applied: dict[str, datetime]


@dataclass(frozen=True)
class MigrationSight:
    """Which migrations were applied when an earlier run looked?"""

    at: datetime
    versions: tuple[str, ...]


@dataclass(frozen=True)
class MigrationHistory:
    """What earlier runs saw, oldest first, and what is applied now."""

    now: Migrations
    earlier: tuple[MigrationSight, ...]


@dataclass(frozen=True)
class Held:
    """How many of each kind a workspace holds: kinds of records, or roles."""

    workspace: str
    counts: dict[str, int]


@dataclass(frozen=True)
class Backup:
    """One backup. complete: it says that it ended; size in bytes."""

    id: str
    kind: str
    database: str
    taken_at: datetime
    size: int
    complete: bool


@dataclass(frozen=True)
class BackupsReading:
    """All backups that could be read, beside the flip that one has to be younger than.

    database    whose backups are looked for.
    unreadable  files that are no backup, each with what was seen.
    """

    database: str
    backups: tuple[Backup, ...]
    unreadable: tuple[str, ...]
    flip: Flip
