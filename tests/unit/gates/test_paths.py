from __future__ import annotations

import pytest

from flipgate.core.facts.series import Series, SeriesSet
from flipgate.core.judgement import Judgement
from flipgate.gates.paths import cascade_must_take_the_traffic
from tests.unit.gates.given import GO, HOLD, NAN, ago, last, says, scraped, seen, up

SCRAPES = 17


def of(pod: str, layers: str, a_scrape: float) -> Series:
    labels = {"pod": pod, "instance": pod, "layers": layers}
    return scraped(labels, [500 + a_scrape * index for index in range(SCRAPES)])


def taken(*series: Series, replicas: int = 2, targets: int = 2) -> Judgement:
    scrapes = tuple(up(f"engine-{index}", SCRAPES) for index in range(replicas))
    counts = SeriesSet("governance_check_latency_seconds_count", series, scrapes, 15.0, targets)
    return cascade_must_take_the_traffic(seen(counts, last(240)), checks=20)


@pytest.mark.parametrize(
    ("three", "four", "verdict"),
    [(0, 20, GO), (1, 20, HOLD), (20, 0, HOLD), (0, 0, HOLD), (0, 1, HOLD), (0, 2, GO), (0, NAN, HOLD)],
)
def test_four_layers_take_the_traffic_and_three_take_none(three: float, four: float, verdict: object) -> None:
    judgement = taken(
        *(of(f"engine-{n}", layers, rate) for n in (0, 1) for layers, rate in (("3", three), ("4", four)))
    )
    assert judgement.verdict is verdict, judgement


def only(at: int, count: float = 1) -> list[float]:
    """A counter that has counted once, at this scrape."""
    return [0.0 if index < at else count for index in range(SCRAPES)]


@pytest.mark.parametrize(
    ("four", "three", "checks", "verdict"),
    [(1, 0, 1, GO), (0, 0, 0, HOLD), (20, 0, 20, GO), (19, 0, 20, HOLD), (20, 1, 20, HOLD)],
)
def test_just_enough_checks_of_one_replica_and_a_single_one_at_three(
    four: int, three: int, checks: int, verdict: object
) -> None:
    labels = {"pod": "engine-0", "instance": "engine-0"}
    series = (scraped({**labels, "layers": name}, only(8, count)) for name, count in (("4", four), ("3", three)))
    counts = SeriesSet("checks", tuple(series), (up("engine-0", SCRAPES),), 15.0, 1)
    assert cascade_must_take_the_traffic(seen(counts, last(240)), checks=checks).verdict is verdict


def test_a_scrape_gap_is_mended_by_time() -> None:
    scrapes = (up("engine-0", SCRAPES, missing=(5, 6, 7)),)
    counts = SeriesSet("checks", (of("engine-0", "4", 20),), scrapes, 15.0, 1)
    judgement = cascade_must_take_the_traffic(seen(counts, last(240)), checks=20)
    says(judgement, HOLD, "not scraped")
    assert judgement.ready_at == ago(8 * 15 - 240 + 0)


def test_no_target_is_no_replica() -> None:
    says(taken(targets=0), HOLD, "0 of 0 replicas count checks")
    says(taken(of("engine-0", "4", 20), replicas=1, targets=1), GO, "1 replica over")


def test_one_replica_with_busy_three_layers_is_named() -> None:
    judgement = taken(of("engine-0", "3", 0), of("engine-0", "4", 20), of("engine-1", "3", 20), of("engine-1", "4", 0))
    says(judgement, HOLD, "not in force: engine-1: 0 at 4, 320 at 3")


def test_a_replica_that_counts_nothing_is_hold() -> None:
    says(taken(of("engine-0", "4", 20)), HOLD, "1 of 2 replicas count checks")
    says(taken(of("engine-0", "4", 20), replicas=1), HOLD, "1 of 2 targets are scraped")
