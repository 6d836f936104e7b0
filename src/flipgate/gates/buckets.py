"""Which bucket holds the p95? A quantile is known as a bucket, never as a point inside one."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import pairwise

# Cumulative counts by upper bound in ms, ascending, the last bound being infinity.
Buckets = tuple[tuple[float, float], ...]


def is_histogram(buckets: Buckets) -> bool:
    """Ascending bounds up to infinity, and counts that never fall?"""
    if not buckets or buckets[-1][0] != math.inf or not all(0 <= count < math.inf for _, count in buckets):
        return False
    return all(low < high and fewer <= more for (low, fewer), (high, more) in pairwise(buckets))


def calls_in(buckets: Buckets) -> float:
    """How many calls were counted?"""
    return buckets[-1][1] if buckets else 0.0


def p95_index(buckets: Buckets) -> int:
    """Which bucket holds the p95? In whole numbers: 0.95 has no exact binary form."""
    return next(index for index, (_, count) in enumerate(buckets) if count * 100 >= buckets[-1][1] * 95)


def p95_bounds_ms(buckets: Buckets) -> tuple[float, float]:
    """Between which bounds does the p95 lie: above the first, at most the second?"""
    index = p95_index(buckets)
    return (buckets[index - 1][0] if index else 0.0), buckets[index][0]


def p95_told(buckets: Buckets) -> str:
    """How is the p95 said?

    >>> p95_told(((2.5, 10.0), (5.0, 100.0), (math.inf, 100.0)))
    '2.5 to 5 ms'
    """
    low_ms, high_ms = p95_bounds_ms(buckets)
    return f"{low_ms:g} to {high_ms:g} ms" if high_ms < math.inf else f"above {low_ms:g} ms"


def near(bounds_ms: Iterable[float], bound_ms: float) -> float | None:
    """Which of these bounds is as good as this one, by at most 2 %?"""
    return next((bound for bound in bounds_ms if abs(bound - bound_ms) <= 0.02 * bound_ms), None)
