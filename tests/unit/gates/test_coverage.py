from __future__ import annotations

import pytest

from flipgate.core.facts.series import Series
from flipgate.core.judgement import Judgement
from flipgate.gates.coverage import scrapes_must_cover
from tests.unit.gates.given import GO, HOLD, last, says, seen, series_set, up, without


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
    says(judged(up("a", 41), targets=2), HOLD, "1 of 2 targets")


def test_a_target_that_was_never_up_is_hold() -> None:
    says(judged(up("a", 41, missing=range(41))), HOLD, "a not scraped")


def test_without_a_window_nothing_can_be_covered() -> None:
    says(scrapes_must_cover(seen(series_set(scrapes=(up("a", 41),)))), HOLD)
