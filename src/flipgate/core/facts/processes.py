"""Which processes serve an environment?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Process:
    """One process, by the name that people know it by.

    identity    what tells this run of it from the one before: a start time, a run id, a count of restarts.
    started_at  when it started, in world time; None where that is not known in world time.
    """

    name: str
    identity: str
    started_at: datetime | None = None


@dataclass(frozen=True)
class Processes:
    """All that were asked. `unread`: by system, why it could not be read."""

    running: tuple[Process, ...]
    unread: dict[str, str]
