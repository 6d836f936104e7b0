from __future__ import annotations

import pytest

from flipgate.core.facts.latency import LatencyReading
from flipgate.core.facts.series import HistogramBounds
from flipgate.core.judgement import Judgement
from flipgate.gates.latency import bounds_must_include, p95_must_be_back
from tests.unit.gates.given import GO, HOLD, INF, NAN, STOP, says, seen

BOUNDS = (1.0, 2.5, 5.0, 7.0, 10.0, INF)
Buckets = tuple[tuple[float, float], ...]


def bound(bound_ms: float, *layouts: tuple[float, ...], series: int = 1) -> Judgement:
    return bounds_must_include(seen(HistogramBounds("latency", layouts, series)), bound_ms=bound_ms)


@pytest.mark.parametrize(
    ("near", "verdict"), [(5.0, GO), (4.9, GO), (5.1, GO), (4.89, HOLD), (5.11, HOLD), (NAN, HOLD)]
)
def test_a_bound_within_two_percent_tells_the_limit_apart(near: float, verdict: object) -> None:
    assert bound(5.0, (1.0, near, 20.0)).verdict is verdict


def test_bounds_at_5_and_10_cannot_tell_5_from_7() -> None:
    says(bound(7.0, (1.0, 5.0, 10.0)), HOLD, "1/5/10 ms")


def test_layouts_side_by_side_are_hold() -> None:
    says(bound(5.0, (5.0, 7.0), (5.0, 10.0)), HOLD, "2 layouts")


def test_a_histogram_without_series_is_hold() -> None:
    says(bound(5.0), HOLD, "no series")
    says(bound(5.0, (5.0,), series=0), HOLD, "no series")


def calls(*counts: float) -> Buckets:
    return tuple(zip(BOUNDS, counts, strict=True))


BEFORE = calls(0, 100, 200, 200, 200, 200)


def back(now: Buckets, before: Buckets = BEFORE, **figures: int) -> Judgement:
    return p95_must_be_back(seen(LatencyReading("Check", now, before)), **figures)


@pytest.mark.parametrize(
    ("now", "verdict"),
    [
        (calls(0, 95, 100, 100, 100, 100), GO),  # a bucket below the baseline's
        (calls(0, 94, 100, 100, 100, 100), GO),  # the baseline's own, 2.5 to 5 ms
        (calls(0, 0, 95, 100, 100, 100), GO),
        (calls(0, 0, 94, 100, 100, 100), GO),  # one above
        (calls(0, 0, 0, 95, 100, 100), GO),  # still one above, exactly
        (calls(0, 0, 0, 94, 100, 100), STOP),  # two above
        (calls(0, 0, 0, 0, 0, 100), STOP),
        (calls(0, 0, 99, 99, 99, 99), HOLD),  # one call too few
        (calls(0, 0, 100, 90, 100, 100), HOLD),  # counts that fall are none
        (calls(0, 0, NAN, 100, 100, 100), HOLD),
        (calls(0, 0, 0, 0, 0, NAN), HOLD),
        ((), HOLD),
        (calls(0, 0, 100, 100, 100, 100)[:-1], HOLD),  # no bucket up to infinity
    ],
)
def test_the_p95_is_at_most_one_bucket_above_the_baselines(now: Buckets, verdict: object) -> None:
    assert back(now).verdict is verdict


def test_how_many_calls_a_p95_stands_on_is_told() -> None:
    says(back(calls(0, 97, 98, 99, 99, 100)), GO, "1 to 2.5 ms, 2.5 to 5 ms at the baseline, 100 calls")
    says(back(calls(0, 96, 97, 98, 98, 99)), HOLD, "99 calls now, fewer than 100")
    one = calls(0, 0, 1, 1, 1, 1)
    says(back(one, samples=1), GO, "1 call")
    says(back(calls(0, 0, 0, 0, 0, 0), samples=0), HOLD, "0 calls now")


def test_a_p95_beyond_the_last_bound_is_not_known_to_be_back() -> None:
    slow = calls(0, 0, 0, 0, 200, 200)
    says(back(calls(0, 0, 0, 0, 0, 200), slow), HOLD, "above 10 ms")


def test_a_baseline_with_other_bounds_or_too_few_calls_is_hold() -> None:
    says(back(calls(0, 0, 100, 100, 100, 100), ((5.0, 200.0), (INF, 200.0))), HOLD, "bounds differ")
    says(back(calls(0, 0, 100, 100, 100, 100), calls(0, 0, 99, 99, 99, 99)), HOLD, "at the baseline")
