"""What time is it in the world that is judged?

Servers run on machine time. A rehearsal ages its world: it moves what has happened into the past and states by how much
(`offset_s`). World time is server time plus that offset; everywhere else the offset is zero. Times are converted where
they cross the wire, in the probes, and nowhere else.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


def machine_time() -> datetime:
    """What does this machine's clock say, in UTC?"""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """World time, and the way between it and the time of servers."""

    offset_s: float = 0.0
    machine: Callable[[], datetime] = machine_time
    monotonic: Callable[[], float] = time.monotonic

    def now(self) -> datetime:
        """What time is it in the world that is judged?"""
        return self.to_world(self.machine())

    def to_world(self, server_time: datetime) -> datetime:
        """When, in world time, is what a server calls this time?"""
        return server_time + timedelta(seconds=self.offset_s)

    def to_server(self, world_time: datetime) -> datetime:
        """What does a server call this moment of world time?"""
        return world_time - timedelta(seconds=self.offset_s)

    def from_unix(self, seconds: float) -> datetime:
        """When, in world time, is this Unix time of a server?"""
        return self.to_world(datetime.fromtimestamp(seconds, UTC))

    def to_unix(self, world_time: datetime) -> float:
        """Which Unix time does a server call this moment of world time?"""
        return self.to_server(world_time).timestamp()


def least_s(low: timedelta, high: timedelta) -> float:
    """Which difference between these two is nearest to none, in seconds?

    >>> least_s(timedelta(seconds=-0.4), timedelta(seconds=0.6)), least_s(timedelta(seconds=3), timedelta(seconds=4))
    (0.0, 3.0)
    """
    return max(low, min(high, timedelta())).total_seconds()
