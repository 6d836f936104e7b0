"""The verdict of a run follows from its records against its manifest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from flipgate.core.verdict import Verdict
from flipgate.evidence.ledger import GENESIS
from flipgate.evidence.records import Body, GateJudged, GateText, Record, StepJudged, StepText
from flipgate.evidence.verdicts import capped, gate_verdict, run_verdict

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
GO, HOLD, STOP = Verdict.GO, Verdict.HOLD, Verdict.STOP


def gate(name: str = "one", steps: int = 2) -> GateText:
    texts = tuple(StepText("Then", str(number)) for number in range(steps))
    return GateText(name, name, "feature", "1", "owner", (), "", texts)


def step(index: int, verdict: Verdict, name: str = "one", ready_at: datetime | None = None) -> StepJudged:
    return StepJudged(name, index, "Then", str(index), verdict, "s", "seen", "limit", ready_at=ready_at)


def recorded(*bodies: Body) -> list[Record]:
    return [Record("r", number, NOON, NOON, float(number), body, GENESIS) for number, body in enumerate(bodies)]


def test_every_step_at_go_is_go() -> None:
    assert gate_verdict(gate(), [step(0, GO), step(1, GO)]).verdict is GO


def test_a_step_that_did_not_run_withholds_go_and_is_named() -> None:
    judged = gate_verdict(gate(), [step(0, GO)])
    assert (judged.verdict, judged.missing_steps) == (HOLD, (1,))


def test_a_stop_stays_a_stop_when_a_step_is_missing() -> None:
    assert gate_verdict(gate(), [step(0, STOP)]).verdict is STOP


def test_a_re_run_cannot_hide_an_earlier_red() -> None:
    assert gate_verdict(gate(), [step(0, GO), step(1, STOP), step(0, GO), step(1, GO)]).verdict is STOP


@pytest.mark.parametrize(
    ("verdict", "cap", "left"),
    [(GO, "", GO), (HOLD, "", HOLD), (STOP, "", STOP), (GO, "hold", GO), (HOLD, "hold", HOLD), (STOP, "hold", HOLD)],
)
def test_a_cap_takes_the_stop_and_nothing_else(verdict: Verdict, cap: str, left: Verdict) -> None:
    assert capped(verdict, cap) is left


def test_a_verdict_names_its_gate() -> None:
    assert gate_verdict(gate("two", steps=1), [step(0, GO, "two")]).gate == "two"


def test_a_gate_without_steps_is_hold() -> None:
    assert gate_verdict(gate(steps=0), []).verdict is HOLD


def test_a_manifest_of_nothing_is_hold() -> None:
    assert run_verdict([], []).verdict is HOLD


def test_a_gate_of_the_manifest_without_a_verdict_withholds_go_and_is_named() -> None:
    records = recorded(step(0, GO), step(1, GO), GateJudged("one", GO))
    judged = run_verdict([gate(), gate("two")], records)
    assert (judged.verdict, judged.missing) == (HOLD, ("two",))


def test_a_claimed_go_without_its_steps_is_not_believed() -> None:
    assert run_verdict([gate()], recorded(GateJudged("one", GO))).verdict is HOLD


def test_a_reason_of_the_run_itself_withholds_go() -> None:
    records = recorded(step(0, GO), step(1, GO), GateJudged("one", GO))
    assert run_verdict([gate()], records).verdict is GO
    found = run_verdict([gate()], records, reasons=["interrupted"])
    assert (found.verdict, found.reasons) == (HOLD, ("interrupted",))


def test_the_time_of_readiness_is_the_latest_of_the_gates_that_wait() -> None:
    later = NOON + timedelta(minutes=5)
    records = recorded(
        step(0, HOLD, ready_at=NOON), step(1, HOLD), GateJudged("one", HOLD),
        step(0, HOLD, "two", later), step(1, GO, "two"), GateJudged("two", HOLD),
    )  # fmt: skip
    assert run_verdict([gate(), gate("two")], records).ready_at == later


def test_a_gate_that_time_does_not_help_leaves_no_time_of_readiness() -> None:
    records = recorded(
        step(0, HOLD, ready_at=NOON), step(1, GO), GateJudged("one", HOLD),
        step(0, HOLD, "two"), step(1, GO, "two"), GateJudged("two", HOLD),
    )  # fmt: skip
    assert run_verdict([gate(), gate("two")], records).ready_at is None


def test_one_gate_that_waits_for_nothing_known_is_enough() -> None:
    records = recorded(
        step(0, HOLD, ready_at=NOON), GateJudged("one", HOLD),
        step(0, HOLD, "two"), GateJudged("two", HOLD),
        step(0, HOLD, "three", NOON), GateJudged("three", HOLD),
    )  # fmt: skip
    assert run_verdict([gate("one", 1), gate("two", 1), gate("three", 1)], records).ready_at is None


def test_a_stop_names_no_time_of_readiness() -> None:
    records = recorded(step(0, STOP), step(1, HOLD, ready_at=NOON), GateJudged("one", STOP))
    assert run_verdict([gate()], records).ready_at is None
