"""A gate's judgement carries its name and figures; several findings become one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flipgate.core.judgement import GATES, Judgement, gate, together
from flipgate.core.observation import Observation
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


@pytest.mark.usefixtures("registered")
def test_two_gates_of_one_name_are_an_error() -> None:
    with pytest.raises(ValueError, match="two gates"):
        gate(rows_must_reach)


def judged(verdict: Verdict, seen: str, ready_at: datetime | None = None) -> Judgement:
    return Judgement(verdict, "one", seen, "", ready_at)


def test_all_findings_of_the_worst_rank_are_told_and_no_milder_one() -> None:
    found = [
        judged(Verdict.GO, "fine"),
        judged(Verdict.STOP, "a"),
        judged(Verdict.HOLD, "b"),
        judged(Verdict.STOP, "c"),
    ]
    assert together(found, subject="s", limit="l", fine="f").seen == "a; c"


def test_nothing_to_judge_is_hold() -> None:
    assert together([], subject="s", limit="l", fine="f").verdict is Verdict.HOLD


def test_time_alone_helps_only_if_it_helps_every_finding() -> None:
    later = NOON + timedelta(minutes=5)
    waiting = [judged(Verdict.HOLD, "a", NOON), judged(Verdict.HOLD, "b", later)]
    assert together(waiting, subject="s", limit="l", fine="f").ready_at == later
    assert together([*waiting, judged(Verdict.HOLD, "c")], subject="s", limit="l", fine="f").ready_at is None
