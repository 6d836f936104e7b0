"""Did the breaker of any replica take it off the cascade?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flipgate.core.facts.series import SeriesSet

NO_RESTART, TOLD, UNTOLD = "", "told", "untold"


@dataclass(frozen=True)
class ReplicaLog:
    """What one replica's log says of trips over the window.

    started_at  when its container started; None while it does not run.
    restart     "" for none in the window, "told" where the log of the container before reaches back to the window's
                start, "untold" where that log is lost.
    tripped_at  times of the records of trips, the container's before included.
    malformed   lines that are no record: one of them may have been a trip.
    """

    pod: str
    started_at: datetime | None
    restart: str
    tripped_at: tuple[datetime, ...]
    malformed: int


@dataclass(frozen=True)
class BreakerReading:
    """The counter of trips, sample by sample, the replicas' logs, and what the flag reads platform-wide meanwhile.

    flag   "true", "false", or "" where its surfaces do not agree on one of them.
    """

    trips: SeriesSet
    replicas: tuple[ReplicaLog, ...]
    flag: str
