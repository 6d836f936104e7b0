"""A stage run answers from its ledger, whatever pytest says."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress

import pytest

from flipgate.core.verdict import Verdict
from flipgate.evidence.history import History
from flipgate.evidence.ledger import records
from flipgate.evidence.records import RunJudged, RunStart, StepJudged
from tests.unit.plugin.conftest import GO, Project

STOP = """
  Scenario: Too few rows
    STOP: add rows
      until there are enough.
    HOLD: wait.

    Given the table has at least 3 rows of 1
    When a table of 4 rows is read
    Then it has at least 5 rows
    And it has at least 6 rows, else hold
"""
HOLD = """
  Scenario: No luck
    HOLD: try again.

    When the reading crashes with "AssertionError"
    Then it has at least 1 rows
"""
OUTLINE = """
  Scenario Outline: Rows
    When a table of <n> rows is read
    Then it has at least 1 rows

    Examples:
      | n |
      | 5 |
"""
STAGE = ("-m", "preflight", "--env", "dev")


def steps(outcome) -> list[StepJudged]:
    return [record.body for record in outcome.records if isinstance(record.body, StepJudged)]


def test_a_measured_claim_within_its_limit_is_go(project: Project) -> None:
    project.feature(GO)
    outcome = project.run(*STAGE)
    assert outcome.status == 0
    assert "GO  demo preflight on dev: 1 GO of 1 gates" in outcome.text
    assert "flip by hand: SET a_flag true" in outcome.text


def test_the_worst_claim_is_the_verdict_and_every_step_is_played(project: Project) -> None:
    project.feature(GO + STOP)
    outcome = project.run(*STAGE)
    assert outcome.status == 20
    assert [step.verdict.value for step in steps(outcome)[2:]] == ["HOLD", "GO", "STOP", "HOLD"]


def test_the_terminal_says_what_was_seen_its_limit_and_what_to_do(project: Project) -> None:
    project.feature(STOP)
    text = project.run(*STAGE).text
    assert "rows: 4 rows" in text
    assert "at least 5" in text
    assert "add rows until there are enough." in text
    assert "do      wait." not in text
    assert max(len(line) for line in text.splitlines()) <= 80


@pytest.mark.row("K11")
def test_a_library_that_asserts_in_a_reading_is_hold_not_stop(project: Project) -> None:
    project.feature(HOLD)
    outcome = project.run(*STAGE)
    assert outcome.status == 10
    assert [step.unexpected for step in steps(outcome)] == [True, False]


def test_control_characters_of_the_network_do_not_reach_the_terminal(project: Project) -> None:
    project.feature(HOLD)
    outcome = project.run(*STAGE)
    assert "\x1b[2J" not in outcome.text
    assert r"\x1b[2Jluck" in outcome.text


def test_a_verdict_can_be_computed_again_from_the_record(project: Project) -> None:
    project.feature(GO)
    claim = steps(project.run(*STAGE))[-1]
    assert (claim.judge, claim.figures) == ("demo_steps.rows_must_reach", {"rows": 5})
    assert claim.observation.startswith("sha256:")


@pytest.mark.row("K6")
@pytest.mark.parametrize(
    "words",
    [
        ("-k", "Enough"),
        ("features/demo/rows.feature",),
        ("features/demo/rows.feature::Enough rows",),
        ("--collect-only",),
    ],
    ids=["keyword", "path", "node id", "collect only"],
)
def test_a_selection_that_is_no_stage_run_is_never_go(project: Project, words: tuple[str, ...]) -> None:
    project.feature(GO)
    outcome = project.run(*STAGE, *words)
    assert outcome.status == 10
    assert "exploratory" in outcome.text or "only collected" in outcome.text


@pytest.mark.row("K6")
@pytest.mark.parametrize("words", [("-m", "preflight or soak"), ("-m", "demo"), ("-m", "not soak")])
def test_two_stages_or_none_are_exploratory(project: Project, words: tuple[str, ...]) -> None:
    project.feature(GO)
    assert project.run(*words, "--env", "dev").status == 10


@pytest.mark.row("K6", "K8")
@pytest.mark.parametrize(
    "words",
    [
        ("--deselect", "features/demo/rows.feature::Enough rows"),
        ("-p", "no:flipgate.plugin.playing"),
        ("--stepwise", "--stepwise-skip"),
    ],
    ids=["deselect", "plugin off", "stepwise"],
)
def test_a_gate_that_did_not_run_withholds_go(project: Project, words: tuple[str, ...]) -> None:
    project.feature(GO + STOP.replace("Too few rows", "Another"))
    assert project.run(*STAGE, *words).status in (10, 20)


@pytest.mark.row("K6", "K8")
def test_a_deselected_gate_is_named(project: Project) -> None:
    project.feature(GO)
    outcome = project.run(*STAGE, PYTEST_ADDOPTS="--deselect 'features/demo/rows.feature::Enough rows'")
    assert outcome.status == 10
    assert "not judged: Enough rows" in outcome.text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("-m", "preflihgt", "--env", "dev"), "stages: preflight, baseline"),
        (("-m", "preflight", "--env", "nope"), "known here: dev"),
        (("-m", "soak", "--env", "dev"), "no gate in stage soak"),
        (("-m", "preflight", "--env", "dev", "-n", "2"), "one process"),
        (("-m", "preflight", "--env", "dev", "--flipped-at", "a_flag=yesterday"), "FLAG=TIME"),
        (("-m", "preflight"), "in CI the environment is named"),
    ],
    ids=["misspelt stage", "unknown environment", "empty stage", "xdist", "naive time", "CI without environment"],
)
def test_wrong_use_is_refused_in_words_before_any_gate(project: Project, words: tuple[str, ...], told: str) -> None:
    project.feature(GO)
    outcome = project.run(*words, CI="true")
    assert outcome.status == 30
    assert told in outcome.text
    assert outcome.records == ()


@pytest.mark.row("K8")
def test_python_without_checks_is_refused(project: Project) -> None:
    project.feature(GO)
    outcome = project.run(*STAGE, python=("-O",))
    assert outcome.status == 30
    assert "python -O" in outcome.text


def test_bare_pytest_runs_the_suites_own_tests_and_no_gate(project: Project) -> None:
    project.feature(STOP)
    outcome = project.run()
    assert outcome.status == 0
    assert outcome.records == ()
    assert "1 passed" in outcome.text


@pytest.mark.row("K7")
@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        ("  Scenario: Empty\n", "reads once"),
        ("  Scenario: No claim\n    When a table of 5 rows is read\n", "reads once"),
        (GO + GO, "two scenarios are called"),
        (GO.replace("Then it", "Then\u00a0it"), "does not show"),
        (GO.replace("    Then it has", "    thne it has"), "features/demo/rows.feature"),
        (GO.replace("5 rows is read", "5 rows is red"), "is defined nowhere"),
        (GO.replace("  Scenario: ", "  @soak\n  Scenario: "), "exactly one stage tag"),
        (OUTLINE, "outlines"),
        (GO.replace("    STOP: add rows.", "    given it is late"), "features/demo/rows.feature"),
    ],
    ids=["empty", "no claim", "same name", "no-break space", "misspelt keyword", "undefined", "two stages", "outline",
         "prose like a step"],
)  # fmt: skip
def test_text_that_a_runner_would_pass_over_is_refused(project: Project, scenario: str, told: str) -> None:
    project.feature(scenario)
    outcome = project.run(*STAGE)
    assert outcome.status == 30
    assert told in outcome.text


@pytest.mark.row("K6")
def test_a_skip_in_a_step_is_hold(project: Project) -> None:
    project.feature(GO.replace("it has at least 5 rows", "the claim is skipped"))
    project.step("then", "the claim is skipped", "__import__('pytest').skip('not today')")
    outcome = project.run(*STAGE)
    assert outcome.status == 10
    assert outcome.records[-1].body.verdict is Verdict.HOLD


def test_the_run_says_where_it_ran_and_what_it_set_out_to_judge(project: Project) -> None:
    project.feature(GO)
    records = project.run(*STAGE).records
    start, end = records[0].body, records[-1].body
    assert isinstance(start, RunStart)
    assert (start.environment, start.runbook, start.stage) == ("dev", "demo", "preflight")
    assert [gate.title for gate in start.manifest] == ["Enough rows"]
    assert isinstance(end, RunJudged)
    assert end.verdict is Verdict.GO


def test_each_record_names_the_one_before_and_runs_follow_each_other(project: Project) -> None:
    from flipgate.evidence.ledger import lines

    project.feature(GO)
    project.run(*STAGE)
    project.run(*STAGE)
    found = list(lines(project.root / "reports" / "dev" / "demo" / "ledger.jsonl"))
    assert len({line.record.run for line in found if line.record}) == 2
    assert all(line.chained for line in found)


def interrupted(started: subprocess.Popen[str]) -> int:
    """How does it end on Ctrl-C? Python loses one that arrives inside a finaliser; then it is pressed again."""
    for _ in range(3):
        started.send_signal(signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            return started.wait(timeout=20)
    started.kill()
    return started.wait()


@pytest.mark.row("K1")
def test_an_interrupt_keeps_what_was_judged_and_is_hold(project: Project) -> None:
    fifo = project.root / "fifo"
    os.mkfifo(fifo)
    project.feature(GO + GO.replace("Enough rows", "Waits").replace("a table of 5 rows is read", "a reader waits"))
    project.step("when", "a reader waits", f"open({str(fifo)!r}).read()")
    started = project.start(*STAGE)
    with fifo.open("w"):  # returns when the step has opened its end
        assert interrupted(started) == 10
    assert [record.body.verdict for record in project.judged()] == [Verdict.GO]
    end = records(project.ledger)[-1].body
    assert isinstance(end, RunJudged)
    assert end.missing == ("features/demo/rows.feature::Waits",)
    assert "interrupted" in end.reasons[0]


@pytest.mark.row("K1")
def test_a_killed_run_keeps_what_was_judged_and_later_counts_as_hold(project: Project) -> None:
    fifo = project.root / "fifo"
    os.mkfifo(fifo)
    project.feature(GO + GO.replace("Enough rows", "Waits").replace("a table of 5 rows is read", "a reader waits"))
    project.step("when", "a reader waits", f"open({str(fifo)!r}).read()")
    started = project.start(*STAGE)
    with fifo.open("w"):
        started.kill()
        started.wait(timeout=30)
    assert [record.body.verdict for record in project.judged()] == [Verdict.GO]
    assert History.of(records(project.ledger), "dev", "").stage("preflight").verdict == "HOLD"


@pytest.mark.row("K4")
def test_a_second_operator_is_refused_in_words(project: Project) -> None:
    fifo = project.root / "fifo"
    os.mkfifo(fifo)
    project.feature(GO.replace("a table of 5 rows is read", "a reader waits"))
    project.step("when", "a reader waits", f"open({str(fifo)!r}).read()\n    return table(5)")
    started = project.start(*STAGE)
    with fifo.open("w"):
        second = project.run(*STAGE)
    assert (second.status, "another run is writing this ledger" in second.text) == (30, True)
    assert started.wait(timeout=30) == 0
