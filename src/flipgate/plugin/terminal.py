"""What does the operator read, at two in the morning, at 80 columns, without colour too?"""

from __future__ import annotations

import re
import sys
import textwrap
from collections import Counter
from collections.abc import Generator, Sequence
from datetime import UTC

import pytest

from flipgate.core.verdict import Verdict
from flipgate.core.window import spoken
from flipgate.evidence.account import advice
from flipgate.evidence.records import GateText, RunJudged, StepJudged
from flipgate.evidence.witnesses import sentence, witnessed
from flipgate.evidence.writes import told, written
from flipgate.plugin.command import COMMAND
from flipgate.plugin.features import GateItem
from flipgate.plugin.run import Run
from flipgate.plugin.scene import NOTHING_READ

WIDTH = 80
_COLOUR = {Verdict.GO: "green", Verdict.HOLD: "yellow", Verdict.STOP: "red"}
_INDENT = " " * 6
_NO_BREAK = "\N{NO-BREAK SPACE}"
_FIGURE = re.compile(r"(?<=\d) (?=\d{3}\b|%|ms\b|s\b|min\b|h\b)")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """A run that touches gates is told by gates, not by dots and tracebacks."""
    command = config.stash.get(COMMAND, None)
    if command is None or not command.selection.touches_gates or config.option.collectonly:
        return
    if command.smoke is not None:
        config.option.tbstyle = "line"
        return
    config.option.verbose, config.option.tbstyle, config.option.reportchars = -2, "no", ""
    config.option.no_summary = True


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Say first which environment is looked at."""
    command = session.config.stash.get(COMMAND, None)
    if command is None or command.run is None:
        return
    run = command.run
    kind = "provisioned here" if run.provisioned else "not provisioned"
    stage = run.stage or "exploratory"
    _write(
        session.config,
        f"flipgate · {run.runbook_name} · {stage} · {run.environment.name} ({run.environment.tier}, {kind})",
        bold=True,
    )
    aged = f" (aged by {spoken(run.clock.offset_s)})" if run.clock.offset_s else ""
    _write(session.config, f"{run.clock.now().astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC{aged} · run {run.id}\n")
    for waived in run.history.waivers(run.clock.now()):
        _wrapped(session.config, waived.told, "waived  ")


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: pytest.CollectReport | pytest.TestReport) -> tuple[str, str, str] | None:
    """Gates print themselves."""
    return (report.outcome, "", "") if ".feature::" in report.nodeid else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Show a gate as soon as it is judged and on disk."""
    result = yield
    command = item.config.stash.get(COMMAND, None)
    if isinstance(item, GateItem) and command is not None and command.run is not None:
        _show_gate(item.config, command.run, item.gate)
    return result


def show_end(config: pytest.Config, run: Run, judged: RunJudged, report: str) -> None:
    """Say the verdict of the stage, why, where the report lies, and what comes next."""
    verdicts = Counter(judged.verdict for judged in run.judged().values())
    counted = ", ".join(f"{verdicts[v]} {v.value}" for v in (Verdict.STOP, Verdict.HOLD, Verdict.GO) if verdicts[v])
    gates = f"{counted or 'no gate judged'} of {len(run.manifest) or sum(verdicts.values())} gates"
    _write(config, "")
    for reason in judged.reasons:
        _wrapped(config, reason, "  ")
    for gate in judged.missing:
        _wrapped(config, f"not judged: {gate.partition('::')[2]}", "  ")
    name = f"{run.runbook_name} {run.stage or 'exploratory'}"
    _write(
        config,
        f"{judged.verdict.value}  {name} on {run.environment.name}: {gates}",
        bold=True,
        **{_COLOUR[judged.verdict]: True},
    )
    _wrapped(config, sentence(witnessed(run.records)), "did     ")
    for one in told(written(run.records)):
        _wrapped(config, one, "wrote   ")
    _wrapped(config, _next_step(run, judged), "next    ")
    _wrapped(config, report, "report  ")


def _next_step(run: Run, judged: RunJudged) -> str:
    if judged.verdict is Verdict.GO and run.stage:
        return run.runbook.stages[run.stage].next.strip()
    if judged.ready_at is not None:
        wait_s = (judged.ready_at - run.clock.now()).total_seconds()
        return f"run this stage again at {judged.ready_at.astimezone(UTC):%H:%M:%S} UTC (in {spoken(max(wait_s, 0))})"
    if judged.verdict is Verdict.STOP:
        return "do not go on; do what the STOP above says, then run the stage that it names"
    return "do not go on; do what the HOLD above says, then run this stage again"


def _show_gate(config: pytest.Config, run: Run, gate: GateText) -> None:
    steps = run.steps_of(gate)
    verdict = run.judged()[gate.id].verdict
    writer = config.get_terminal_writer()
    writer.write(f"{verdict.value:<6}", bold=True, **{_COLOUR[verdict]: True})
    section = f"§{gate.section} " if gate.section else ""
    _wrapped(config, f"{section}{gate.title}", "", first_indent=6)
    if verdict is Verdict.GO:
        for step in steps:
            if step.keyword == "Then":
                _wrapped(config, f"{step.subject}: {step.seen}", _INDENT)
        return
    told = ""
    for step in _worth_telling(steps, verdict):
        _show_step(config, step, again=step.seen == told)
        told = step.seen
    for line in advice(gate, verdict):
        _wrapped(config, line, _INDENT + "do      ")


def _worth_telling(steps: Sequence[StepJudged], verdict: Verdict) -> list[StepJudged]:
    """All that is not GO; where a gate only waits for a moment, what else is lacking before it is no news."""
    telling = [step for step in steps if step.verdict is not Verdict.GO and step.subject != NOTHING_READ]
    waiting = [step for step in telling if step.ready_at is not None]
    return waiting[:1] if verdict is Verdict.HOLD and waiting else telling


def _show_step(config: pytest.Config, step: StepJudged, *, again: bool) -> None:
    _wrapped(config, f"{step.keyword} {step.text}", f"{_INDENT}{step.verdict.value:<6}  ")
    if again:
        _write(config, f"{_INDENT}seen    the same")
        return
    source = textwrap.shorten(step.source, 2 * WIDTH, placeholder=" …")
    rows = {"seen": f"{step.subject}: {step.seen}", "limit": step.limit, "window": step.window, "source": source}
    for name, text in rows.items():
        if text:
            _wrapped(config, text, f"{_INDENT}{name:<8}")


def _wrapped(config: pytest.Config, text: str, lead: str, first_indent: int = 0) -> None:
    indent = " " * (len(lead) or first_indent)
    whole = _FIGURE.sub(_NO_BREAK, text)
    lines = textwrap.wrap(whole, WIDTH - len(indent), break_on_hyphens=False) or [""]
    for number, line in enumerate(lines):
        _write(config, (indent if number else lead) + line.replace(_NO_BREAK, " "))


def _write(config: pytest.Config, text: str, **style: bool) -> None:
    config.get_terminal_writer().line(text, **style)
    sys.stdout.flush()
