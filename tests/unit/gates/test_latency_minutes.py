"""§7.4 and §11 in numbers: above 7 ms for more than five minutes, below 5 ms, and what nobody can know."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flipgate.core.facts.series import Series, SeriesSet
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates.breaker import breaker_must_have_kept_its_distance
from flipgate.gates.latency import p95_must_be_below, p95_must_not_stay_above
from tests.unit.gates.checks import (
    BOUNDS,
    CALLS,
    COARSE,
    FAST,
    SIX,
    SLOW,
    Minute,
    buckets,
    each,
    everywhere,
    histogram,
    observed,
)
from tests.unit.gates.checks import with_first_value as broken
from tests.unit.gates.given import GO, HOLD, INF, NAN, STOP, says, without

FEW, NONE = (7.5, 5), (7.5, 0)


def stays(its: Observation[SeriesSet]) -> Judgement:
    return p95_must_not_stay_above(its, limit_ms=7.0, window_s=300.0, minute_samples=20)


def below(its: Observation[SeriesSet], limit_ms: float = 5.0, samples: int = 100) -> Judgement:
    return p95_must_be_below(its, limit_ms=limit_ms, window_s=300.0, samples=samples)


def distance(its: Observation[SeriesSet]) -> Judgement:
    return breaker_must_have_kept_its_distance(its, limit_ms=7.0, minutes=5, minute_samples=20)


@pytest.mark.row("C11")
@pytest.mark.parametrize(
    ("minutes", "verdict"),
    [
        ([FAST] * 8, GO),
        ([SIX] * 8, GO),  # above the target, below the hard stop
        ([(7.0, CALLS)] * 8, GO),  # at the limit is not above it
        ([SLOW] * 3 + [FAST] * 5, GO),
        ([SLOW] * 5 + [FAST] * 3, GO),  # exactly five are not more than five
        ([SLOW] * 6 + [FAST] * 2, STOP),
        ([FAST] * 2 + [SLOW] * 6, STOP),
        ([SLOW] * 6 + [FAST] * 20, STOP),  # at any time since the flip
        ([SLOW] * 5 + [FAST] + [SLOW] * 5, GO),
        ([SLOW] * 3 + [FEW] * 4 + [SLOW] * 3, STOP),  # neutral minutes do not break the chain
        ([SLOW] * 3 + [NONE] * 4 + [SLOW] * 3, STOP),
        ([SLOW] * 3 + [FEW] * 4 + [SLOW] * 2, GO),  # nor do they count
        ([(30.0, CALLS)] * 6 + [FAST], STOP),  # beyond the last bound
        ([NONE] * 8, HOLD),
        ([(3.5, 2)] * 8, HOLD),
    ],
)
def test_more_than_five_minutes_above_7_ms_stop(minutes: list[Minute], verdict: object) -> None:
    assert stays(everywhere(*minutes)).verdict is verdict


def test_one_replica_alone_stops_and_is_named_with_its_minutes_and_calls() -> None:
    judgement = stays(each([FAST] * 8, [SLOW] * 6 + [FAST] * 2, [FAST] * 8))
    says(judgement, STOP, "6 minutes in a row on engine-b", "7 to 10 ms", "480 calls")


def test_all_together_stop_where_no_replica_has_calls_enough() -> None:
    says(stays(everywhere(*[(7.5, 10)] * 8)), STOP, "on all replicas")


def test_minutes_that_begin_at_another_second_than_the_flip_are_seen() -> None:
    its = everywhere(*[FAST] * 2, *[SLOW] * 6, *[FAST] * 2)
    for seconds in range(0, 60, 7):
        late = replace(its, window=observed(its.value, 10 - seconds / 60).window)
        assert stays(late).verdict is STOP


@pytest.mark.parametrize(
    ("minutes", "verdict"),
    [
        ([FAST] * 8, GO),
        ([(5.0, CALLS)] * 8, GO),  # its bucket ends at 5 ms
        ([SIX] * 8, STOP),
        ([(6.5, CALLS)] * 8, STOP),
        ([SLOW] * 3 + [FAST] * 5, GO),  # long enough ago
        ([FAST] * 3 + [SLOW] * 3 + [FAST] * 2, STOP),
        ([(3.5, 20)] * 8, GO),  # 100 calls on a replica
        ([(3.5, 10)] * 8, HOLD),  # 50 calls on a replica
        ([(3.5, 2)] * 8, HOLD),  # 30 calls in all
        ([NONE] * 8, HOLD),
    ],
)
def test_the_p95_of_the_last_five_minutes_is_known_below_5_ms(minutes: list[Minute], verdict: object) -> None:
    judgement = below(everywhere(*minutes))
    assert judgement.verdict is verdict, judgement


def test_a_bucket_that_reaches_across_the_limit_is_hold_and_one_above_it_stop() -> None:
    four, six = each([FAST] * 5, [(4.5, CALLS)] * 5, [FAST] * 5), each([FAST] * 5, [SIX] * 5, [FAST] * 5)
    says(below(four, limit_ms=4.5), HOLD, "4 to 5 ms on engine-b (400 calls)")
    says(below(six, limit_ms=4.5), STOP, "5 to 6 ms on engine-b (400 calls)")


def test_a_replica_that_cannot_be_told_does_not_hide_one_that_is_slow() -> None:
    few = each([(3.5, 2)] * 5, [SIX] * 5, [FAST] * 5)
    says(below(few), STOP, "5 to 6 ms on engine-b")
    falling = replace(few.value, series=(*fallen(buckets("engine-a", [FAST] * 5)), *few.value.series[len(BOUNDS) :]))
    says(below(replace(few, value=falling)), STOP, "5 to 6 ms on engine-b")
    alone = observed(histogram(fallen(buckets("engine-a", [FAST] * 5)), targets=1), 5)
    says(below(alone), HOLD, "the buckets of engine-a contradict each other")


def test_one_call_is_enough_where_one_is_asked_for() -> None:
    says(below(everywhere((3.5, 1)), samples=1), GO, "(1 call)")
    says(below(everywhere((3.5, 0)), samples=0), HOLD, "0 calls on engine-a")


def fallen(replica: tuple[Series, ...]) -> tuple[Series, ...]:
    """The same buckets, that of 10 ms having counted nothing."""
    return tuple(
        replace(one, samples=tuple((at, 0.0) for at, _ in one.samples)) if one.labels["le"] == "10" else one
        for one in replica
    )


def test_30_samples_say_how_few_they_are() -> None:
    says(below(everywhere(*[(3.5, 2)] * 5)), HOLD, "30 calls on all replicas, fewer than 100")


def test_between_5_and_10_ms_nothing_can_be_told_without_a_bound() -> None:
    says(stays(everywhere(*[FAST] * 8, bounds=COARSE)), HOLD, "no bound near 7 ms", "5, 10")
    says(stays(everywhere(*[SLOW] * 8, bounds=COARSE)), HOLD, "perhaps 8 minutes in a row")
    says(distance(everywhere(*[SLOW] * 8, bounds=COARSE)), HOLD, "8 minutes in a row on engine-a", "trips then")
    assert below(everywhere(*[FAST] * 8, bounds=COARSE)).verdict is GO
    assert below(everywhere(*[SIX] * 8, bounds=COARSE)).verdict is not GO


@pytest.mark.parametrize("value", [NAN, INF, -1.0])
def test_what_is_no_count_is_hold(value: float) -> None:
    its = broken(everywhere(*[FAST] * 8), value)
    for judgement in (stays(its), below(its), distance(its)):
        says(judgement, HOLD, "no count")


def test_layouts_side_by_side_or_one_after_the_other_are_hold() -> None:
    fast = [FAST] * 8
    mixed = histogram(buckets("engine-a", fast), buckets("engine-b", fast, COARSE), buckets("engine-c", fast))
    cut = tuple(without(one, -1, len(one.samples) - 1) if one.labels["le"] == "6" else one for one in mixed.series[:9])
    later = histogram(cut, buckets("engine-b", fast), buckets("engine-c", fast))
    for its in (observed(mixed, 8), observed(later, 8)):
        for judgement in (stays(its), below(its), distance(its)):
            says(judgement, HOLD, "layouts")


def test_a_replica_without_buckets_is_hold() -> None:
    two = observed(histogram(buckets("engine-a", [FAST] * 8), buckets("engine-b", [FAST] * 8)), 8)
    for judgement in (stays(two), below(two), distance(two)):
        says(judgement, HOLD, "2 of 3 replicas")


@pytest.mark.parametrize(
    ("minutes", "verdict", "told"),
    [
        ([FAST] * 8, GO, "0 minutes in a row"),
        ([SLOW] * 3 + [FAST] * 5, GO, "3 minutes in a row on engine-a"),
        ([SLOW] * 4 + [FEW] * 3 + [FAST], GO, "4 minutes in a row"),
        ([SLOW] * 5 + [FAST] * 3, HOLD, "5 minutes in a row"),
    ],
)
def test_how_near_the_breaker_came_is_told(minutes: list[Minute], verdict: object, told: str) -> None:
    judgement = distance(each(minutes, [FAST] * 8, [FAST] * 8))
    assert (judgement.verdict, told in judgement.seen) == (verdict, True), judgement


def test_the_breakers_count_each_for_itself() -> None:
    too_few_each = everywhere(*[(7.5, 10)] * 8)
    assert stays(too_few_each).verdict is STOP
    assert "0 minutes in a row" in distance(too_few_each).seen
