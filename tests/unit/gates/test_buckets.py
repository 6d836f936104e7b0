"""The bucket that holds a p95, exactly: on the limit, just before and just after it."""

from __future__ import annotations

import pytest

from flipgate.gates.buckets import Buckets, calls_in, is_histogram, near, p95_bounds_ms, p95_index, p95_told
from tests.unit.gates.given import INF, NAN


@pytest.mark.parametrize(
    ("buckets", "is_one"),
    [
        (((5.0, 1.0), (INF, 1.0)), True),
        (((5.0, 0.0), (INF, 0.0)), True),
        (((INF, 3.0),), True),
        ((), False),
        (((5.0, 1.0),), False),
        (((5.0, 1.0), (10.0, 1.0)), False),
        (((5.0, 2.0), (INF, 1.0)), False),
        (((5.0, 1.0), (5.0, 1.0), (INF, 1.0)), False),
        (((7.0, 1.0), (5.0, 1.0), (INF, 1.0)), False),
        (((5.0, -1.0), (INF, 1.0)), False),
        (((5.0, NAN), (INF, 1.0)), False),
        (((5.0, 1.0), (INF, INF)), False),
    ],
)
def test_what_a_histogram_is(buckets: Buckets, *, is_one: bool) -> None:
    assert is_histogram(buckets) is is_one


@pytest.mark.parametrize(("buckets", "calls"), [((), 0), (((5.0, 1.0), (INF, 3.0)), 3)])
def test_every_call_is_below_infinity(buckets: Buckets, calls: float) -> None:
    assert calls_in(buckets) == calls


def of(*counts: float) -> Buckets:
    return tuple(zip((5.0, 7.0, INF), counts, strict=True))


@pytest.mark.parametrize(
    ("buckets", "index", "bounds_ms", "told"),
    [
        (of(950, 1000, 1000), 0, (0.0, 5.0), "0 to 5 ms"),
        (of(949, 950, 1000), 1, (5.0, 7.0), "5 to 7 ms"),
        (of(949, 949, 1000), 2, (7.0, INF), "above 7 ms"),
    ],
)
def test_which_bucket_holds_the_p95(buckets: Buckets, index: int, bounds_ms: tuple[float, float], told: str) -> None:
    assert (p95_index(buckets), p95_bounds_ms(buckets), p95_told(buckets)) == (index, bounds_ms, told)


@pytest.mark.parametrize(("bound", "good"), [(50.0, True), (51.0, True), (49.0, True), (51.1, False), (48.9, False)])
def test_a_bound_on_the_edge_of_two_percent_is_as_good(bound: float, *, good: bool) -> None:
    assert near([bound], 50.0) == (bound if good else None)
