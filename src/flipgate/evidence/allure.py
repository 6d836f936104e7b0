"""How does a run read for Allure? Result files made from the ledger, after the run.

Allure merges results of one history into the newest, so that a later GO would hide an earlier STOP: here each run is a
history of its own. GO is passed, STOP failed, HOLD broken; what keeps a run from GO beyond its gates is a broken result
too, so that Allure is never greener than the verdict.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from flipgate.core.errors import visible
from flipgate.core.verdict import Verdict
from flipgate.evidence.about import About
from flipgate.evidence.account import GateAccount, RunAccount, StepAccount, advice
from flipgate.evidence.course import course, drawn_course
from flipgate.evidence.drawing import Plot, alone, drawn
from flipgate.evidence.pictures import pictures
from flipgate.evidence.summary import counted, run_line, standing

if TYPE_CHECKING:
    from allure_commons.model2 import Attachment, Label, Link, Parameter, TestResult, TestStepResult

_STATUS = {Verdict.GO: "passed", Verdict.HOLD: "broken", Verdict.STOP: "failed"}
CATEGORIES = (
    {"name": "STOP: the abort criterion is met", "matchedStatuses": ["failed"]},
    {"name": "HOLD: could not tell, or not yet", "matchedStatuses": ["broken"]},
)
_NAMES = uuid.UUID("5f1d3d5c-7c43-4f0e-9f39-0f6c3f1a6f0b")
_TYPES = {"json": "application/json", "txt": "text/plain", "png": "image/png", "svg": "image/svg+xml"}
_LONGEST = 100_000
_MOST_SHOWN = 50  # items of one list of an observation
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")


def write_results(runs: Sequence[RunAccount], about: About, folder: Path, *, kept: Path) -> None:
    """Write one result for each gate of these runs into this folder, in place of what it held.

    In `kept` each run has its folder, with the pictures that its observations name.

    Cost: about 2 ms a gate.
    """
    from allure_commons.logger import AllureFileLogger

    files: _Files = AllureFileLogger(folder, clean=True)  # type: ignore[no-untyped-call]  # allure has no types
    for number, run in enumerate(runs, start=1):
        writer = _Writer(run, about, f"{number} {run_line(run)}", files, kept / run.id)
        for gate in run.gates:
            files.report_result(writer.result(gate))
        if run.judged.reasons:
            files.report_result(writer.whole_run())
    if len(runs) > 1:
        files.report_result(writer.way_so_far(runs))
    (folder / "categories.json").write_text(json.dumps(CATEGORIES), encoding="utf-8")
    (folder / "environment.properties").write_text(_properties(runs), encoding="utf-8")


class _Files(Protocol):
    def report_result(self, result: TestResult) -> None: ...
    def report_attached_data(self, body: str | bytes, file_name: str) -> None: ...


class _Writer:
    """Writes the gates of one run. Each step has its own copy of its observation: Allure loses shared files."""

    def __init__(self, run: RunAccount, about: About, name: str, files: _Files, folder: Path) -> None:
        self.run, self.about, self.name, self.files, self.folder = run, about, name, files, folder

    def result(self, gate: GateAccount) -> TestResult:
        """How does this gate read?"""
        result = self._result(gate.text.id, gate.text.title, gate.verdict, _message(gate))
        result.description = _text("\n\n".join(_as_written(line) for line in _described(gate)))
        result.labels += _labels({"feature": gate.text.feature, "owner": gate.text.owner, "suite": gate.text.feature})
        result.labels += _labels({"story": f"§{gate.text.section}" if gate.text.section else ""})
        result.labels += [label for tag in gate.text.tags if ":" not in tag for label in _labels({"tag": tag})]
        result.steps = [self._step(step) for step in gate.steps] + list(_not_run(gate))
        result.attachments = [self._plot(plot, gate) for plot in gate.plots]
        result.start = _ms(gate.began_at or self.run.ended_at)
        result.stop = _ms(gate.ended_at or self.run.ended_at)
        return result

    def whole_run(self) -> TestResult:
        """How does it read that the run as a whole is no GO?"""
        result = self._result(
            f"run::{self.run.id}", "The run is whole", Verdict.HOLD, "; ".join(self.run.judged.reasons)
        )
        result.labels += _labels({"feature": "The run itself", "suite": "The run itself"})
        result.start, result.stop = _ms(self.run.began_at), _ms(self.run.ended_at)
        return result

    def way_so_far(self, runs: Sequence[RunAccount]) -> TestResult:
        """How do the stages and flips of these runs read, in their order? With the verdict that they come to."""
        verdict = standing(runs)
        result = self._result(
            "runs::way", "The way so far", verdict, f"{verdict.value}: each stage's newest run counts"
        )
        result.labels += _labels({"feature": "The cutover itself", "suite": "The cutover itself"})
        picture = alone(drawn_course(course(runs)))
        result.attachments = [self._attachment("stages and flips", picture, "svg", "way")]
        result.start, result.stop = _ms(runs[0].began_at), _ms(runs[-1].ended_at)
        return result

    def _result(self, gate: str, title: str, verdict: Verdict, message: str) -> TestResult:
        from allure_commons.model2 import StatusDetails, TestResult

        start = self.run.start
        return TestResult(
            uuid=str(uuid.uuid5(_NAMES, f"{self.run.id} {gate}")),
            name=_text(title),
            fullName=_text(gate),
            testCaseId=_named(start.environment, gate),
            historyId=_named(start.environment, gate, self.run.id),
            status=_STATUS[verdict],
            stage="finished",
            statusDetails=StatusDetails(message=_text(message)),
            parameters=_parameters({"environment": start.environment, "run": self.run.id}),
            labels=_labels({"epic": self.about.title, "parentSuite": self.name}),
            links=_links(self.about),
            titlePath=[_text(self.name)],
        )

    def _step(self, step: StepAccount) -> TestStepResult:
        from allure_commons.model2 import StatusDetails, TestStepResult

        judged = step.judged
        told = StatusDetails(message=_text(f"{judged.subject}: {judged.seen} (limit: {judged.limit})"))
        return TestStepResult(
            name=_text(f"{judged.keyword} {judged.text}"),
            status=_STATUS[judged.verdict],
            statusDetails=told if judged.verdict is not Verdict.GO else None,
            stage="finished",
            start=_ms(step.began_at),
            stop=_ms(step.ended_at),
            attachments=list(self._attachments(step)),
        )

    def _attachments(self, step: StepAccount) -> Iterator[Attachment]:
        judged = step.judged
        rows = {
            "verdict": judged.verdict.value,
            "seen": f"{judged.subject}: {judged.seen}",
            "limit": judged.limit,
            "window": judged.window,
            "source": judged.source,
            "gate": judged.judge,
        }
        told = "\n".join(f"{name:<8}{text}" for name, text in rows.items() if text)
        yield self._attachment("seen, limit, window, source", told, "txt", f"{judged.gate} {judged.index}")
        if step.seen:
            told = f"in the ledger, {step.seen.sha256}"
            observation = msgspec.json.format(msgspec.json.encode(_readable(step.seen.tree, told)), indent=2)
            yield self._attachment(
                f"observation {step.seen.fact}", observation.decode(), "json", f"{judged.gate} {judged.index}"
            )
            shown_here = pictures(step.seen, self.folder) if judged.keyword == "When" else ()
            for shown in shown_here:
                if shown.content:
                    yield self._attachment(
                        shown.name, shown.content, "png", f"{judged.gate} {judged.index} {shown.name}"
                    )

    def _plot(self, plot: Plot, gate: GateAccount) -> Attachment:
        return self._attachment(plot.title, alone(drawn(plot)), "svg", f"{gate.text.id} {plot.title}")

    def _attachment(self, name: str, content: str | bytes, kind: str, key: str) -> Attachment:
        from allure_commons.model2 import Attachment

        source = f"{_named(self.run.id, key)}-attachment.{kind}"
        self.files.report_attached_data(_text(content) if isinstance(content, str) else content, source)
        return Attachment(name=name, source=source, type=_TYPES[kind])


def _readable(tree: Any, whole: str) -> Any:
    """How does an observation read to a person? Of a list that nobody reads to its end the beginning, and where it is.

    Two days of samples are megabytes, which each step would repeat.
    """
    if isinstance(tree, dict):
        return {key: _readable(value, whole) for key, value in tree.items()}
    if not isinstance(tree, list):
        return tree
    rest = len(tree) - _MOST_SHOWN
    shown = [_readable(value, whole) for value in tree[:_MOST_SHOWN]]
    return [*shown, f"… {rest} more, {whole}"] if rest > 0 else shown


def _message(gate: GateAccount) -> str:
    told = [f"{step.subject}: {step.seen} (limit: {step.limit})" for step in gate.deciding]
    if not gate.steps:
        told.append("not judged in this run")
    elif gate.not_run:
        told.append(f"{len(gate.not_run)} of its steps did not run")
    return f"{gate.verdict.value}: " + "; ".join(told)


def _described(gate: GateAccount) -> Iterator[str]:
    if gate.text.section:
        yield f"Runbook §{gate.text.section}"
    for verdict in (Verdict.STOP, Verdict.HOLD):
        yield from (f"{verdict.value}: {line}" for line in advice(gate.text, verdict))


def _not_run(gate: GateAccount) -> Iterator[TestStepResult]:
    from allure_commons.model2 import TestStepResult

    for step in gate.not_run:
        yield TestStepResult(name=_text(f"{step.keyword} {step.text}: did not run"), status="broken", stage="finished")


def _labels(named: dict[str, str]) -> list[Label]:
    from allure_commons.model2 import Label

    return [Label(name=name, value=_text(value)) for name, value in named.items() if value]


def _parameters(named: dict[str, str]) -> list[Parameter]:
    from allure_commons.model2 import Parameter

    return [Parameter(name=name, value=_text(value)) for name, value in named.items()]


def _links(about: About) -> list[Link]:
    from allure_commons.model2 import Link

    return [Link(type="issue", url=about.issue, name=f"tracker issue {about.tracker}")] if about.issue else []


def _properties(runs: Sequence[RunAccount]) -> str:
    newest = runs[-1]
    start = newest.start
    rows = {
        "verdict": standing(runs).value,
        "gates": counted(gate for run in runs for gate in run.gates),
        "environment": start.environment,
        "tier": start.tier,
        "instance": start.instance or "not provisioned",
        "runbook": start.runbook,
        "stages": ", ".join(dict.fromkeys(run.stage for run in runs)),
        "runs": ", ".join(run.id for run in runs),
        "clock offset s": f"{start.offset_s:g}",
    } | {f"version of {name}": number for name, number in sorted(start.versions.items())}
    escaped = {name.replace(" ", "_"): _text(text).replace("\\", "\\\\") for name, text in rows.items()}
    return "".join(f"{name} = {text}\n" for name, text in escaped.items())


def _as_written(text: str) -> str:
    """Descriptions are Markdown: left as it is, a command with two asterisks would read without them."""
    return _PUNCTUATION.sub(r"\\\g<0>", text)


def _named(*parts: str) -> str:
    return uuid.uuid5(_NAMES, "\n".join(parts)).hex


def _text(text: str) -> str:
    return "\n".join(visible(line, _LONGEST) for line in text.split("\n"))


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
