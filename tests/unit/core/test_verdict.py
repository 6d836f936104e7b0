"""Three answers, and how they merge."""

from __future__ import annotations

from itertools import product

import pytest

from flipgate.core.verdict import Verdict, at_most_hold, worst

GO, HOLD, STOP = Verdict.GO, Verdict.HOLD, Verdict.STOP


def test_the_merge_of_nothing_is_hold() -> None:
    assert worst([]) is HOLD


@pytest.mark.parametrize(("one", "other"), list(product(Verdict, repeat=2)))
def test_merging_takes_the_worst_in_any_order(one: Verdict, other: Verdict) -> None:
    order = [GO, HOLD, STOP]
    expected = max(one, other, key=order.index)
    assert worst([one, other]) is expected
    assert worst([other, one]) is expected


def test_only_go_merges_to_go() -> None:
    assert worst([GO, GO]) is GO
    assert worst([GO, HOLD, GO]) is HOLD


def test_a_guard_withholds_and_never_stops() -> None:
    assert [at_most_hold(verdict) for verdict in (GO, HOLD, STOP)] == [GO, HOLD, HOLD]


def test_a_verdict_is_no_bool() -> None:
    with pytest.raises(TypeError, match="compare it with"):
        bool(STOP)


def test_each_verdict_has_its_exit_status() -> None:
    assert [verdict.exit_status for verdict in (GO, HOLD, STOP)] == [0, 10, 20]
