"""Governance checks as the tests need them: buckets of a histogram, scraped every 15 s, minute by minute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from flipgate.core.facts.series import Series, SeriesSet
from flipgate.core.observation import Observation
from tests.unit.gates.given import last, scraped, seen, up

BOUNDS = ("1", "3", "4", "5", "6", "7", "10", "25", "+Inf")
COARSE = ("1", "5", "10", "25", "+Inf")
PODS = ("engine-a", "engine-b", "engine-c")
CALLS = 80
Minute = tuple[float, int]  # its p95 in ms, and its calls

FAST, SIX, SLOW = (3.5, CALLS), (5.5, CALLS), (7.5, CALLS)


def buckets(pod: str, minutes: Sequence[Minute], bounds: Sequence[str] = BOUNDS) -> tuple[Series, ...]:
    """One replica's buckets over so many minutes that end now: in each, 9 of 10 calls take 2 ms, the rest the p95."""
    return tuple(
        scraped({"pod": pod, "instance": pod, "le": bound}, accumulate(_steps(minutes, bound), initial=0.0))
        for bound in bounds
    )


def histogram(*replicas: tuple[Series, ...], targets: int = len(PODS)) -> SeriesSet:
    scrapes = tuple(up(one[0].labels["instance"], len(one[0].samples)) for one in replicas if one)
    return SeriesSet("governance_check_duration_seconds_bucket", sum(replicas, ()), scrapes, 15.0, targets)


def observed(counters: SeriesSet, minutes: float) -> Observation[SeriesSet]:
    return seen(counters, last(minutes * 60))


def everywhere(*minutes: Minute, bounds: Sequence[str] = BOUNDS) -> Observation[SeriesSet]:
    """The same minutes on every replica."""
    return each(*(minutes for _ in PODS), bounds=bounds)


def each(*replicas: Sequence[Minute], bounds: Sequence[str] = BOUNDS) -> Observation[SeriesSet]:
    """Minutes of their own on each replica."""
    found = [buckets(pod, minutes, bounds) for pod, minutes in zip(PODS, replicas, strict=False)]
    return observed(histogram(*found), len(replicas[0]))


def with_first_value(observation: Observation[SeriesSet], value: float) -> Observation[SeriesSet]:
    """The same, the newest sample of the first series being this."""
    first, *rest = observation.value.series
    broken = replace(first, samples=(*first.samples[:-1], (first.samples[-1][0], value)))
    return replace(observation, value=replace(observation.value, series=(broken, *rest)))


def _steps(minutes: Sequence[Minute], bound: str) -> list[float]:
    counted = []
    for p95_ms, calls in minutes:
        fast = calls * 9 // 10
        counted += [(fast if float(bound) >= 2 else 0) + (calls - fast if float(bound) >= p95_ms else 0), 0, 0, 0]
    return [float(count) for count in counted]
