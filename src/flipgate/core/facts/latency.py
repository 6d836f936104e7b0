"""How did latencies spread over the buckets, now and at the baseline?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LatencyReading:
    """Calls by bucket over a window: cumulative counts by upper bound in ms, ascending, the last bound being infinity.

    now     over the observation's window, all replicas together.
    before  the same operation at the baseline.
    """

    operation: str
    now: tuple[tuple[float, float], ...]
    before: tuple[tuple[float, float], ...]
