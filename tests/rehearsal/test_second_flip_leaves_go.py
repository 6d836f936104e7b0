"""A GO is never empty: each fault of the cascade makes the stage after the second flip leave GO, and says why.

What happened since a flip stays with it, so each fault has a flip of its own: back, the gate of the flip, and again.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rehearsal.cutovers import GO, HOLD, STOP, Cutover, Stage, cutover

pytestmark = pytest.mark.xdist_group("second_flip")


@pytest.fixture(scope="module")
def second_flip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cutover]:
    with cutover("second", tmp_path_factory.mktemp("second")) as played:
        played.flip()
        played.command("advance", "12m")
        for stage in ("after_flip_1", "portal"):
            played.go(stage)
        yield played


def flipped(played: Cutover) -> None:
    """A flip of its own, and the look that sees it."""
    played.command("flip", "cascade_4layer", "false")
    played.go("before_flip_2")
    played.command("flip", "cascade_4layer", "true")
    assert played.stage("after_flip_2").status != GO


def looked_at(played: Cutover, after: str) -> Stage:
    played.command("advance", after)
    return played.stage("after_flip_2")


def test_the_second_flip_is_go_after_its_time(second_flip: Cutover) -> None:
    flipped(second_flip)
    ended = looked_at(second_flip, "6m")
    assert ended.status == GO, ended.text


@pytest.mark.parametrize(
    ("fault", "minutes", "status", "told"),
    [
        ("cascade_p95_6_ms", 6, HOLD, "below 5 ms over the last 5 min"),
        ("slow_cascade_without_breaker", 8, STOP, "minutes in a row on"),
        ("no_traffic", 6, HOLD, "calls on all replicas, fewer than 100"),
        ("few_checks", 6, HOLD, "calls on all replicas, fewer than 100"),
        ("tripped_breaker", 8, STOP, "no flip reaches it"),
        ("policy_conflicts_spike", 12, STOP, "expected by the baseline's"),
        ("cascade_denies_exports", 6, STOP, "share of DENY"),
    ],
)
def test_what_happens_after_the_flip_counts(
    second_flip: Cutover, fault: str, minutes: int, status: int, told: str
) -> None:
    flipped(second_flip)
    with second_flip.broken(fault):
        ended = looked_at(second_flip, f"{minutes}m")
    assert (ended.status, told in ended.text) == (status, True), ended.text


@pytest.mark.parametrize(
    ("fault", "told"), [("coarse_governance_buckets", "no bound near 7 ms"), ("stale_cascade_replica", "not in force:")]
)
def test_what_was_wrong_before_the_flip_is_seen(second_flip: Cutover, fault: str, told: str) -> None:
    second_flip.command("flip", "cascade_4layer", "false")
    second_flip.command("advance", "1m")
    with second_flip.broken(fault):
        flipped(second_flip)
        ended = looked_at(second_flip, "6m")
    assert (ended.status, told in ended.text) == (HOLD, True), ended.text


def test_three_slow_minutes_hold_until_they_are_past_and_stay_told(second_flip: Cutover) -> None:
    flipped(second_flip)
    with second_flip.broken("slow_cascade_for_3_minutes"):
        ended = looked_at(second_flip, "6m")
        assert (ended.status, "below 5 ms over the last 5 min" in ended.text) == (HOLD, True), ended.text
        ended = looked_at(second_flip, "5m")
    assert (ended.status, " minutes in a row on " in ended.text) == (GO, True), ended.text


def test_a_trip_before_a_restart_stops_though_every_counter_is_0(second_flip: Cutover) -> None:
    flipped(second_flip)
    second_flip.command("fault", "tripped_and_restarted")
    ended = looked_at(second_flip, "6m")
    assert (ended.status, "logged a trip" in ended.text) == (STOP, True), ended.text
    assert "no flip reaches it" not in ended.text


def test_the_second_flip_waits_for_the_stages_before_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    with cutover("early", tmp_path_factory.mktemp("early")) as played:
        played.flip()
        ended = played.stage("before_flip_2")
    assert (ended.status, "it never ran" in ended.text) == (HOLD, True), ended.text
