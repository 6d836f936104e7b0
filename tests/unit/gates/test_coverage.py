from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flipgate.core.facts.series import Series
from flipgate.core.judgement import Judgement
from flipgate.core.verdict import Verdict
from flipgate.core.window import Window
from flipgate.gates.claim import Claim
from flipgate.gates.coverage import holes, past, replica, scrapes_must_cover, uncovered
from tests.unit.gates.given import GO, HOLD, INF, NOW, ago, last, says, seen, series_set, up, without


def judged(*scrapes: Series, targets: int = 1) -> Judgement:
    return scrapes_must_cover(seen(series_set(scrapes=scrapes, targets=targets), last(600)), missed=2)


def test_every_target_up_over_the_whole_window_is_go() -> None:
    says(judged(up("a", 41), up("b", 41), targets=2), GO, "2 targets")


@pytest.mark.parametrize("missing", [(20,), (20, 21)])
def test_two_missed_scrapes_are_no_gap(missing: tuple[int, ...]) -> None:
    says(judged(up("a", 41, missing=missing)), GO)
    says(judged(without(up("a", 41), *missing)), GO)


def test_three_missed_scrapes_are_a_gap_and_named() -> None:
    says(judged(up("a", 41, missing=(20, 21, 22))), HOLD, "a not scraped", "(1 min)")


def test_three_absent_samples_are_a_gap_as_well() -> None:
    says(judged(without(up("a", 41), 20, 21, 22)), HOLD, "a not scraped")


def test_a_target_that_begins_late_is_hold() -> None:
    says(judged(up("a", 41), up("b", 20), targets=2), HOLD, "b not scraped")


@pytest.mark.parametrize(("gone", "verdict"), [((40,), GO), ((39, 40), GO), ((38, 39, 40), HOLD)])
def test_the_newest_sample_is_at_most_two_scrapes_old(gone: tuple[int, ...], verdict: object) -> None:
    assert judged(without(up("a", 41), *gone)).verdict is verdict


def test_fewer_targets_than_declared_are_hold() -> None:
    says(judged(up("a", 41), targets=2), HOLD, "1 of 2 targets are scraped: only a")
    assert judged(targets=2).seen == "0 of 2 targets are scraped"


def test_a_target_that_was_never_up_is_hold() -> None:
    says(judged(up("a", 41, missing=range(41))), HOLD, "a not scraped")


def test_without_a_window_nothing_can_be_covered() -> None:
    says(scrapes_must_cover(seen(series_set(scrapes=(up("a", 41),))), missed=2), HOLD)


LONG = 120.0
GRACE = 3 * 15.0  # what may lie between the start and the first scrape: two missed ones


@pytest.mark.parametrize(
    ("times", "found"),
    [
        ((0, 30, 60, 90, 120), ()),
        ((), ((0, 120),)),
        ((-1, 121), ((0, 120),)),
        ((GRACE, 90, 120), ()),
        ((GRACE + 0.1, 90, 120), ((0, GRACE + 0.1),)),
        ((30, 60, 90), ()),
        ((30, 60, 89, 120), ()),
        ((30, 60, 89.9), ((89.9, 120),)),
        ((0, 52.5, 100), ()),  # two missed and half an interval of jitter
        ((0, 52.6, 100), ((0, 52.6),)),
        ((0,), ((0, 120),)),
        ((120,), ((0, 120),)),
        ((0, 60, 120), ((0, 60), (60, 120))),
    ],
)
def test_where_samples_lack_is_a_hole(times: tuple[float, ...], found: tuple[tuple[float, float], ...]) -> None:
    begin = ago(LONG).timestamp()
    seen_holes = holes((begin + at for at in times), last(LONG), 15.0, missed=2)
    told = [tuple(round(edge.timestamp() - begin, 1) for edge in (hole.start, hole.end)) for hole in seen_holes]
    assert told == list(found)


@pytest.mark.parametrize(
    ("interval_s", "targets", "verdict", "told"),
    [
        (0.0, 1, HOLD, "is not stated"),
        (0.5, 1, GO, "1 target"),
        (15.0, 0, HOLD, "is not stated"),
        (0.0, 0, HOLD, "is not stated"),
        (INF, 1, HOLD, "is not stated"),
    ],
)
def test_what_is_not_stated_cannot_be_covered(interval_s: float, targets: int, verdict: Verdict, told: str) -> None:
    scrapes = (up("a", 241, every_s=0.5),)
    counters = replace(series_set(scrapes=scrapes, targets=targets), scrape_interval_s=interval_s)
    says(scrapes_must_cover(seen(counters, last(LONG)), missed=2), verdict, told)


def test_a_past_hole_waits_for_no_time_where_the_window_does_not_slide() -> None:
    counters = series_set(scrapes=(up("a", 41, missing=(20, 21, 22)),))
    (stays,) = uncovered(Claim("s", "l"), counters, last(600), 2)
    (passes,) = uncovered(Claim("s", "l"), counters, last(600), 2, sliding=True)
    assert (stays.ready_at, passes.ready_at) == (None, ago(255 - 600))


def test_a_replica_goes_by_its_pod_else_by_its_instance() -> None:
    assert replica({"pod": "p", "instance": "i"}) == "p"
    assert replica({"instance": "i"}) == "i"
    assert replica({}) == "a replica without a name"


def test_the_last_scrape_is_told() -> None:
    says(judged(up("a", 41)), GO, "last scrape 2026-04-26 12:00:00 UTC")


def test_a_sliding_window_leaves_a_hole_behind_that_has_ended_and_no_other() -> None:
    assert past(Window(ago(300), ago(240)), last(600)) == NOW + timedelta(seconds=360)
    assert past(Window(ago(300), NOW), last(600)) is None


def test_a_target_that_was_gone_before_the_window_is_not_missed_in_it() -> None:
    window = last(600)
    before = Series({"instance": "old"}, ((window.start.timestamp() - 15, 1.0),))
    at_its_start = Series({"instance": "old"}, ((window.start.timestamp(), 1.0),))
    says(judged(up("a", 41), before), GO)
    says(judged(up("a", 41), at_its_start), HOLD, "old not scraped")
    says(judged(before), HOLD, "0 of 1")
