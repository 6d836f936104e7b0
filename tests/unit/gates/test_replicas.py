"""A flag is in force where every process says so that the cluster knows; a restart is known to two scrapes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from flipgate.core.facts.history import Flip
from flipgate.core.facts.replicas import FlagsInForce, Served
from flipgate.core.facts.series import SeriesSet
from flipgate.core.verdict import Verdict
from flipgate.gates.replicas import (
    each_must_have_served_for,
    each_must_have_started_after_the_flip,
    each_must_serve_its_boot_record,
    every_pod_must_answer,
    restart_must_be_quick,
)
from tests.unit.gates.given import GO, HOLD, NOW, STOP, ago, says, scraped, seen, series_set

FLAG = "OPS_VIEW_DB_READ"
DAY_S = 86400.0


LONG_AGO = ago(600)


def served(pod: str, text: str = "true", started_at: datetime = LONG_AGO) -> Served:
    return Served(f"{pod}:5000", pod, started_at, {FLAG: text})


def in_force(*replicas: Served, pods: tuple[str, ...] = ("a", "b"), flip: Flip | None = None) -> FlagsInForce:
    return FlagsInForce(replicas, pods, {one.pod: dict(one.values) for one in replicas}, flip)


@pytest.mark.parametrize(
    ("answering", "pods", "verdict", "told"),
    [
        (("a", "b"), ("a", "b"), GO, "a, b"),
        (("a",), ("a", "b"), HOLD, "leads to b"),
        (("a", "b"), ("a",), HOLD, "no pod b"),
        (("a", "a"), ("a",), HOLD, "two addresses lead to a"),
        ((), ("a",), HOLD, "no answer"),
        (("a",), (), HOLD, "no pod"),
    ],
)
def test_every_pod_answers_and_nobody_else(
    answering: tuple[str, ...], pods: tuple[str, ...], verdict: Verdict, told: str
) -> None:
    says(every_pod_must_answer(seen(in_force(*map(served, answering), pods=pods))), verdict, told)


def test_a_replica_that_serves_what_it_logged_is_fine() -> None:
    says(each_must_serve_its_boot_record(seen(in_force(served("a"), served("b")))), GO, f"a {FLAG} true")


def test_a_value_that_came_without_a_restart_is_told() -> None:
    reading = replace(in_force(served("a")), logged={"a": {FLAG: "false"}})
    says(each_must_serve_its_boot_record(seen(reading)), HOLD, f"a serves {FLAG} true, and logged false")


@pytest.mark.parametrize("logged", [{}, {"a": {}}])
def test_a_replica_without_a_boot_record_is_not_known(logged: dict[str, dict[str, str]]) -> None:
    says(each_must_serve_its_boot_record(seen(replace(in_force(served("a")), logged=logged))), HOLD, "no flag")


def test_a_replica_that_serves_no_flag_is_not_known() -> None:
    reading = FlagsInForce((Served("a:1", "a", NOW, {}),), ("a",), {"a": {FLAG: "true"}})
    says(each_must_serve_its_boot_record(seen(reading)), HOLD, "serves none")


def test_without_an_answer_nothing_is_known_of_boot_records() -> None:
    says(each_must_serve_its_boot_record(seen(in_force())), HOLD)


@pytest.mark.parametrize(("started_s", "verdict"), [(599, GO), (600, HOLD), (601, HOLD)], ids=["after", "at", "before"])
def test_a_process_older_than_the_flip_was_not_restarted(started_s: float, verdict: Verdict) -> None:
    flip = Flip(FLAG, "true", ago(500), "process", ago(600))
    reading = in_force(served("a", started_at=ago(500)), served("b", started_at=ago(started_s)), flip=flip)
    says(each_must_have_started_after_the_flip(seen(reading)), verdict, "b")


def test_without_a_sight_of_the_old_value_the_flip_itself_counts() -> None:
    flip = Flip(FLAG, "true", ago(600), "operator")
    says(each_must_have_started_after_the_flip(seen(in_force(served("a", started_at=ago(600)), flip=flip))), HOLD)
    says(each_must_have_started_after_the_flip(seen(in_force(served("a", started_at=ago(599)), flip=flip))), GO)


@pytest.mark.parametrize("flip", [None, Flip(FLAG, "true", None, "")])
def test_an_unknown_flip_holds(flip: Flip | None) -> None:
    reading = seen(in_force(served("a"), flip=flip))
    says(each_must_have_started_after_the_flip(reading), HOLD, "unknown")
    says(each_must_have_served_for(reading, length_s=1), HOLD, "unknown")


def test_a_flip_without_replicas_holds() -> None:
    reading = seen(in_force(flip=Flip(FLAG, "true", ago(600), "process")))
    says(each_must_have_started_after_the_flip(reading), HOLD, "no replica")
    says(each_must_have_served_for(reading, length_s=1), HOLD, "no replica")


@pytest.mark.parametrize(
    ("flipped_s", "restarted_s", "verdict"),
    [(DAY_S, DAY_S, GO), (DAY_S + 1, DAY_S, GO), (DAY_S, DAY_S - 1, HOLD), (DAY_S - 1, DAY_S, HOLD)],
)
def test_a_day_begins_anew_with_a_restart(flipped_s: float, restarted_s: float, verdict: Verdict) -> None:
    flip = Flip(FLAG, "true", ago(flipped_s), "process")
    reading = in_force(served("a", started_at=ago(DAY_S + 9)), served("b", started_at=ago(restarted_s)), flip=flip)
    judged = each_must_have_served_for(seen(reading), length_s=DAY_S)
    says(judged, verdict)
    assert (judged.ready_at is not None) is (verdict is HOLD)


def test_a_replica_that_serves_another_value_has_not_served_for_a_day() -> None:
    flip = Flip(FLAG, "true", ago(DAY_S), "process")
    reading = in_force(served("a", "false", ago(DAY_S)), flip=flip)
    says(each_must_have_served_for(seen(reading), length_s=DAY_S), HOLD, "a serves false")


def test_a_flip_back_has_not_served_the_new_value() -> None:
    flip = Flip(FLAG, "false", ago(DAY_S), "process")
    says(each_must_have_served_for(seen(in_force(served("a", "false"), flip=flip)), length_s=1), HOLD, "unknown")


def starts(missed: int, *more: str) -> SeriesSet:
    """Two processes that told of their start every 15 s; the restart of `a` left so many scrapes out."""
    values = [100.0] * 8 + [float("nan")] * missed + [900.0] * 8
    samples = scraped({"instance": "a"}, values)
    one = replace(samples, samples=tuple(pair for pair in samples.samples if pair[1] == pair[1]))
    other = scraped({"instance": "b"}, [100.0] * (8 + missed) + [900.0] * 8)
    return series_set(one, other, *(scraped({"instance": name}, [1.0] * 9) for name in more), targets=2)


@pytest.mark.parametrize(
    ("missed", "verdict"),
    [(0, GO), (7, GO), (8, HOLD), (9, HOLD), (10, STOP)],
    ids=["at once", "120 s at most", "105 to 135 s", "120 to 150 s", "135 s at the least"],
)
def test_a_restart_is_known_to_two_scrapes(missed: int, verdict: Verdict) -> None:
    says(restart_must_be_quick(seen(starts(missed)), limit_s=120), verdict)


def test_a_restart_that_not_every_replica_made_is_not_known() -> None:
    says(restart_must_be_quick(seen(replace(starts(0), targets=3)), limit_s=120), HOLD, "2 of 3")
    alone = replace(starts(0), series=(scraped({"instance": "a"}, [100.0, 100.9, 100.0]),))
    says(restart_must_be_quick(seen(alone), limit_s=120), HOLD, "0 of 2")


@pytest.mark.parametrize(("interval_s", "targets"), [(0.0, 2), (float("inf"), 2), (15.0, 0)])
def test_scrapes_that_are_not_stated_hold(interval_s: float, targets: int) -> None:
    odd = replace(starts(0), scrape_interval_s=interval_s, targets=targets)
    says(restart_must_be_quick(seen(odd), limit_s=120), HOLD, "not stated")
