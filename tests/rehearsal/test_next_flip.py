"""The next flip waits for what was judged since the last one; what was slow since then holds as long as it counts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rehearsal.cutovers import GO, HOLD, Cutover, cutover

pytestmark = pytest.mark.xdist_group("next_flip")


@pytest.fixture(scope="module")
def flipped_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cutover]:
    with cutover("next", tmp_path_factory.mktemp("next")) as played:
        played.flip()
        yield played


@pytest.fixture(scope="module")
def flipped_twice(flipped_once: Cutover) -> Cutover:
    flipped_once.command("advance", "12m")
    for stage in ("after_flip_1", "shim", "portal", "before_flip_2"):
        flipped_once.go(stage)
    flipped_once.command("flip", "cascade_4layer", "true")
    assert flipped_once.stage("after_flip_2").status == HOLD
    return flipped_once


def test_the_second_flip_waits_for_the_stages_before_it(flipped_once: Cutover) -> None:
    ended = flipped_once.stage("before_flip_2")
    assert (ended.status, "it never ran" in ended.text) == (HOLD, True), ended.text


def test_the_third_flip_waits_for_the_second_one(flipped_twice: Cutover) -> None:
    ended = flipped_twice.stage("before_flip_3")
    assert (ended.status, 'stage "after_flip_2": HOLD' in ended.text) == (HOLD, True), ended.text


def test_three_slow_minutes_hold_until_they_are_past_and_stay_told(flipped_twice: Cutover) -> None:
    with flipped_twice.broken("slow_cascade_for_3_minutes"):
        flipped_twice.command("advance", "6m")
        ended = flipped_twice.stage("after_flip_2")
        assert (ended.status, "below 5 ms over the last 5 min" in ended.text) == (HOLD, True), ended.text
        flipped_twice.command("advance", "5m")
        ended = flipped_twice.stage("after_flip_2")
    assert (ended.status, " minutes in a row on " in ended.text) == (GO, True), ended.text
