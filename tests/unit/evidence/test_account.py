"""What a run's records tell is told, and never better than they bear out."""

from __future__ import annotations

from flipgate.core.verdict import Verdict
from flipgate.evidence.account import NO_END, RunAccount, accounts, advice
from flipgate.evidence.ledger import records
from flipgate.evidence.records import GateText
from tests.unit.evidence.cutover import CASCADE, Cutover


def told(cutover: Cutover) -> tuple[RunAccount, ...]:
    return accounts(records(cutover.ledger))


def test_each_gate_has_the_verdict_that_the_ledger_holds(cutover: Cutover) -> None:
    cutover.run("after_flip_1", CASCADE)
    (run,) = told(cutover)
    assert [gate.verdict for gate in run.gates] == [gate.verdict for gate in CASCADE]
    assert run.verdict is Verdict.STOP


def test_a_run_that_was_cut_short_is_hold_and_says_so(cutover: Cutover) -> None:
    cutover.run("preflight", CASCADE[:1], cut_short=True)
    (run,) = told(cutover)
    assert run.verdict is Verdict.HOLD
    assert run.judged.reasons == (NO_END,)


def test_a_gate_that_was_not_played_is_hold_with_all_its_steps_not_run(cutover: Cutover) -> None:
    cutover.run("preflight", CASCADE[:2], skip=1)
    (run,) = told(cutover)
    assert run.gates[1].verdict is Verdict.HOLD
    assert run.gates[1].not_run == run.gates[1].text.steps
    assert run.judged.missing == (run.gates[1].text.id,)


def test_a_step_begins_where_the_judgement_before_it_ended(cutover: Cutover) -> None:
    cutover.run("preflight", CASCADE[:2])
    steps = [step for gate in told(cutover)[0].gates for step in gate.steps]
    assert all(step.began_at < step.ended_at for step in steps)
    assert steps[1].began_at == steps[0].ended_at


def test_the_observation_behind_a_step_is_found_by_its_digest(cutover: Cutover) -> None:
    cutover.run("preflight", CASCADE[:1])
    given, when, then = told(cutover)[0].gates[0].steps
    assert given.seen is None
    assert when.seen is not None
    assert when.seen.fact == "flags.Posture"
    assert then.seen == when.seen


def test_what_decided_a_hold_are_the_steps_that_held(cutover: Cutover) -> None:
    cutover.run("after_flip_1", [CASCADE[9]])
    deciding = told(cutover)[0].gates[0].deciding
    assert [step.keyword for step in deciding] == ["Given", "Then"]


def test_advice_is_one_line_for_each_paragraph_of_its_word() -> None:
    gate = GateText("", "", "", "", "", (), "Prose first.\nSTOP: flip\nback.\nHOLD: wait.\nHOLD: then ask.", ())
    assert advice(gate, Verdict.STOP) == ("flip back.",)
    assert advice(gate, Verdict.HOLD) == ("wait.", "then ask.")
    assert advice(gate, Verdict.GO) == ()
