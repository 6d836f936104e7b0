from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from flipgate.core.facts.latency_samples import AddressSamples, LatencySamples
from flipgate.core.judgement import Judgement
from flipgate.gates.latency_samples import p95_of_samples_must_be_below, ranks
from tests.unit.gates.given import GO, HOLD, INF, NAN, says, seen

NULL_MS = 1.0


def address(
    *latencies_ms: float, failed: int = 0, null_ms: float = NULL_MS, nulls: int | None = None
) -> AddressSamples:
    count = len(latencies_ms)
    return AddressSamples("a:1", count + failed, failed, latencies_ms, (null_ms,) * (count if nulls is None else nulls))


def judged(*addresses: AddressSamples, wanted: int = 200, series: int = 0, samples: int = 59) -> Judgement:
    its = LatencySamples("Check", wanted, 50.0, addresses, "checks_seconds", series)
    return p95_of_samples_must_be_below(seen(its), limit_ms=5.0, confidence_ratio=0.9, samples=samples)


@pytest.mark.parametrize(
    ("count", "verdict", "said"),
    [(59, GO, "59 samples"), (58, HOLD, "58 samples, fewer than 59"), (0, HOLD, "0 samples")],
)
def test_fewer_than_59_samples_are_undecided(count: int, verdict: object, said: str) -> None:
    judgement = judged(address(*[2.0] * count))
    assert judgement.verdict is verdict
    assert said in judgement.seen


@pytest.mark.parametrize(("latency_ms", "verdict"), [(5.99, GO), (6.0, HOLD), (6.01, HOLD)])
def test_the_clients_own_part_is_taken_off_before_the_limit(latency_ms: float, verdict: object) -> None:
    assert judged(address(*[latency_ms] * 200)).verdict is verdict


@pytest.mark.parametrize(("slow", "verdict"), [(4, GO), (5, HOLD), (10, HOLD)])
def test_the_upper_end_of_the_interval_counts_and_not_the_estimate(slow: int, verdict: object) -> None:
    """The p95 of 200 has 10 above it; that it is below the limit is sure only with 4 slow ones or fewer."""
    assert judged(address(*[2.0] * (200 - slow), *[20.0] * slow)).verdict is verdict
    assert judged(address(*[2.0] * (200 - slow), failed=slow)).verdict is verdict


def test_a_miss_says_that_samples_show_no_minutes() -> None:
    says(judged(address(*[20.0] * 200)), HOLD, "19 to 19 ms at a:1", "for how many minutes")


def test_one_slow_address_is_not_hidden_by_the_others() -> None:
    quick, slow = address(*[2.0] * 200), replace(address(*[20.0] * 200), address="b:1")
    says(judged(quick, slow), HOLD, "b:1")
    says(judged(address(*[2.0] * 58), slow), HOLD, "a:1: undecided", "b:1")
    says(judged(quick, quick), GO, "1 ms taken off")


def test_between_which_latencies_the_p95_lies_is_told() -> None:
    """Of 59 values it lies between the 53rd and the last; with fewer than an upper end needs, above none."""
    says(judged(address(*[index / 20 for index in range(59)])), GO, "1.6 to 1.9 ms at a:1")
    says(judged(address(*[0.5] * 59)), GO, "0 to 0 ms at a:1")
    says(judged(address(*[2.0] * 10), samples=10), HOLD, "0 to inf ms at a:1")
    says(judged(address(2.0), samples=1), HOLD, "0 to inf ms at a:1")


@pytest.mark.parametrize("bad", [NAN, INF, -INF])
def test_a_latency_that_is_no_number_is_hold(bad: float) -> None:
    says(judged(address(*[2.0] * 199, bad)), HOLD, "no number")
    says(judged(address(*[2.0] * 200, null_ms=bad)), HOLD, "no number")


def test_a_client_that_is_slow_by_itself_decides_nothing() -> None:
    says(judged(address(*[7.0] * 200, null_ms=5.0)), HOLD, "calls that do nothing take 5 ms")
    says(judged(address(*[2.0] * 200, nulls=58)), HOLD, "58 null samples")


def test_counts_that_contradict_each_other_are_hold() -> None:
    says(judged(replace(address(*[2.0] * 200), sent=300)), HOLD, "contradict")


def test_asked_for_but_taken_nowhere_is_hold() -> None:
    says(judged(series=4), HOLD, "no address")


def test_without_a_wish_for_samples_the_histogram_has_to_serve() -> None:
    says(judged(wanted=0, series=4), GO, "not asked for", "4 series")
    says(judged(wanted=0, series=1), GO, "1 series")
    says(judged(wanted=1, series=1), HOLD, "no address")
    says(judged(wanted=0), HOLD, "checks_seconds", "latency_samples")


def test_the_interval_holds_what_it_promises() -> None:
    """By the binomial distribution, counted without it: 59 is the least count with an upper end, 0.95 to the power."""
    least = next(count for count in itertools.count(1) if 1 - 0.95**count >= 0.95)
    assert least == 59
    assert ranks(58, 0.95, 0.9) is None
    assert ranks(59, 0.95, 0.9) == (53, 59)
    assert ranks(200, 0.95, 0.9) == (185, 196)


@pytest.mark.parametrize(
    ("count", "ratio", "confidence", "found"),
    [
        (1, 0.5, 0.0, (1, 1)),  # either end has half of the doubt, to the last bit
        (1, 0.5, 0.1, None),
        (2, 0.5, 0.4, (1, 2)),
        (2, 0.5, 0.6, None),  # no upper end
        (1, 0.05, 0.5, None),  # no lower end
    ],
)
def test_an_interval_has_two_ends_or_none(
    count: int, ratio: float, confidence: float, found: tuple[int, int] | None
) -> None:
    assert ranks(count, ratio, confidence) == found
