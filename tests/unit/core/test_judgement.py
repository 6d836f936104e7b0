"""A gate's judgement carries its name and figures; several findings become one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flipgate.core.judgement import GATES, Judgement, gate, together
from flipgate.core.observation import Disturbance, Observation
from flipgate.core.verdict import Verdict

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def rows_must_reach(its: Observation[Any], *, rows: int) -> Judgement:
    return Judgement(Verdict.GO if its.value >= rows else Verdict.STOP, "rows", str(its.value), f"{rows}")


@pytest.fixture
def registered() -> Iterator[Callable[..., Judgement]]:
    yield gate(rows_must_reach)
    del GATES["test_judgement.rows_must_reach"]


def test_a_judgement_can_be_computed_again_from_its_name_and_figures(registered: Callable[..., Judgement]) -> None:
    judged = registered(Observation(4, "rows", "sql", (), NOON), rows=5)
    assert (judged.gate, dict(judged.figures)) == ("test_judgement.rows_must_reach", {"rows": 5})
    assert GATES[judged.gate] is registered
    assert registered.__name__ == "rows_must_reach"


@pytest.mark.usefixtures("registered")
def test_two_gates_of_one_name_are_an_error() -> None:
    with pytest.raises(ValueError, match="two gates"):
        gate(rows_must_reach)


def disturbed(rows: int, times: int) -> Observation[Any]:
    happened = tuple(Disturbance(NOON, f"pod gateway-{number} started", "kubernetes") for number in range(times))
    return Observation(rows, "rows", "sql", (), NOON, disturbed=happened)


def test_go_over_a_disturbed_window_is_hold_and_says_what_happened(registered: Callable[..., Judgement]) -> None:
    found = registered(disturbed(5, times=1), rows=5)
    assert found.verdict is Verdict.HOLD
    assert found.seen == "5; but inside its window: pod gateway-0 started at 2026-03-29 12:00:00 UTC (kubernetes)"
    assert (found.gate, dict(found.figures)) == ("test_judgement.rows_must_reach", {"rows": 5})


def test_what_is_wrong_over_a_disturbed_window_stays_wrong(registered: Callable[..., Judgement]) -> None:
    found = registered(disturbed(4, times=1), rows=5)
    assert (found.verdict, found.seen) == (Verdict.STOP, "4")


@pytest.mark.parametrize(("times", "end"), [(5, "(kubernetes)"), (6, "(kubernetes) and 1 more")])
def test_many_disturbances_do_not_flood_the_reader(registered: Callable[..., Judgement], times: int, end: str) -> None:
    found = registered(disturbed(5, times), rows=5)
    assert (found.seen.count("pod gateway"), found.seen.endswith(end)) == (5, True)


def judged(verdict: Verdict, seen: str, ready_at: datetime | None = None) -> Judgement:
    return Judgement(verdict, "one", seen, "all", ready_at)


def test_all_findings_of_the_worst_rank_are_told_and_no_milder_one() -> None:
    found = [
        judged(Verdict.GO, "fine"),
        judged(Verdict.STOP, "a"),
        judged(Verdict.HOLD, "b"),
        judged(Verdict.STOP, "c"),
    ]
    assert together(found, subject="s", limit="l", fine="f").seen == "a; c"


def test_nothing_to_judge_is_hold_and_says_so() -> None:
    assert together([], subject="s", limit="l", fine="f") == Judgement(Verdict.HOLD, "s", "nothing to judge", "l")


def test_what_is_within_its_limit_says_what_was_measured() -> None:
    fine = [judged(Verdict.GO, "a", NOON), judged(Verdict.GO, "b")]
    assert together(fine, subject="s", limit="l", fine="f") == Judgement(Verdict.GO, "s", "f", "l")


def test_a_judgement_without_a_word_is_none() -> None:
    with pytest.raises(ValueError, match="what was seen"):
        Judgement(Verdict.GO, "", "", "")


def test_time_alone_helps_only_if_it_helps_every_finding() -> None:
    later = NOON + timedelta(minutes=5)
    waiting = [judged(Verdict.HOLD, "a", NOON), judged(Verdict.HOLD, "b", later)]
    assert together(waiting, subject="s", limit="l", fine="f").ready_at == later
    assert together([*waiting, judged(Verdict.HOLD, "c")], subject="s", limit="l", fine="f").ready_at is None
