"""Does every verdict follow from the recorded observations, gate by gate, and from nothing else?"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from flipgate import gates
from flipgate.core.errors import visible
from flipgate.core.judgement import GATES, Figure, Judgement
from flipgate.core.observation import Observation
from flipgate.core.redaction import redacted
from flipgate.core.verdict import Verdict
from flipgate.evidence.pack.reasons import Finding
from flipgate.evidence.records import (
    GateJudged,
    GateText,
    Record,
    RunJudged,
    RunStart,
    Seen,
    StepJudged,
    observation_of,
)
from flipgate.evidence.verdicts import capped, gate_verdict, run_verdict

Observed = dict[str, tuple[Seen, Observation[Any] | None]]
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_UNITS = (1.0, 60.0, 3600.0, 86400.0, 1000.0, 0.01, 0.001)
_READ = "read "  # a When that was answered


@cache
def judges() -> Mapping[str, Callable[..., Judgement]]:
    """Which gates does this flipgate have? All of its modules are asked."""
    for module in pkgutil.iter_modules(gates.__path__):
        importlib.import_module(f"{gates.__name__}.{module.name}")
    return GATES


def recomputed(records: Sequence[Record]) -> Iterator[Finding]:
    """What in these records does not follow from the observations among them?"""
    observations: Observed = {}
    for record in records:
        if isinstance(record.body, Seen):
            yield from _observed(record, record.body, observations)
    by_run: dict[str, list[Record]] = {}
    for record in records:
        by_run.setdefault(record.run, []).append(record)
    for run in by_run.values():
        if isinstance(run[0].body, RunStart):
            yield from _run(run[0].body, run, observations)


def _observed(record: Record, body: Seen, observations: Observed) -> Iterator[Finding]:
    where = f"run {record.run}, record {record.seq}"
    observations.setdefault(body.sha256, (body, None))
    try:
        observations[body.sha256] = body, observation_of(body)
    except (AttributeError, ImportError):
        yield Finding("fact-unknown", where, visible(body.fact))
    except (ValueError, TypeError) as error:
        yield Finding("observation-changed", where, visible(str(error)))


def _run(start: RunStart, run: Sequence[Record], observations: Observed) -> Iterator[Finding]:
    texts = {gate.id: gate for gate in start.manifest}
    steps = [record.body for record in run if isinstance(record.body, StepJudged)]
    for step in steps:
        where = f"run {run[0].run}, {visible(step.gate)}, step {step.index}"
        if step.gate in texts:
            yield from _as_written(step, texts[step.gate], where)
            yield from _figures(step, texts[step.gate], observations, where)
        yield from _step(step, observations, where)
    for record in run:
        if isinstance(record.body, GateJudged) and record.body.gate in texts:
            yield from _gate(record, record.body, gate_verdict(texts[record.body.gate], steps))
    for record in run:
        if isinstance(record.body, RunJudged) and start.stage:
            made = run_verdict(start.manifest, run, reasons=record.body.reasons)
            if (made.verdict, made.missing) != (record.body.verdict, record.body.missing):
                seen = f"says {record.body.verdict.value}, makes {made.verdict.value}"
                yield Finding("run-verdict-differs", f"run {record.run}, {start.stage}", seen)


def _gate(record: Record, said: GateJudged, made: GateJudged) -> Iterator[Finding]:
    if said != made:
        seen = f"says {said.verdict.value}, makes {made.verdict.value}"
        yield Finding("gate-verdict-differs", f"run {record.run}, {visible(said.gate)}", seen)


def _as_written(step: StepJudged, text: GateText, where: str) -> Iterator[Finding]:
    """Is it a step of the gate's text, and weighed as what it is?"""
    if not 0 <= step.index < len(text.steps):
        yield Finding("step-unlisted", where)
        return
    sentence = text.steps[step.index]
    if (sentence.keyword, sentence.text) != (step.keyword, step.text):
        yield Finding("step-text-differs", where, visible(step.text))
    cap = "hold" if sentence.keyword != "Then" or sentence.text.endswith(", else hold") else ""
    if step.cap != cap:
        yield Finding("step-cap-differs", where, f"{step.cap or 'none'}, {cap or 'none'} is due")


def _step(step: StepJudged, observations: Observed, where: str) -> Iterator[Finding]:
    if not step.judge:
        answered = step.keyword == "When" and step.observation in observations and step.seen.startswith(_READ)
        if step.verdict is not Verdict.HOLD and not (answered and step.verdict is Verdict.GO):
            yield Finding("step-unfounded", where, step.verdict.value)
        return
    if step.judge not in judges():
        yield Finding("judge-unknown", where, visible(step.judge))
    elif step.observation not in observations:
        yield Finding("observation-missing", where)
    else:
        yield from _judged_again(step, observations[step.observation][1], where)


def _judged_again(step: StepJudged, its: Observation[Any] | None, where: str) -> Iterator[Finding]:
    try:
        found = judges()[step.judge](its, **step.figures)
    except Exception as error:
        yield Finding("judge-fails", where, visible(f"{type(error).__name__}: {error}"))
        return
    if capped(found.verdict, step.cap) is not step.verdict:
        says = f"says {step.verdict.value}, makes {found.verdict.value} ({visible(found.seen)})"
        yield Finding("step-verdict-differs", where, says)
    elif _words(found.subject, found.seen, found.limit) != _words(step.subject, step.seen, step.limit):
        yield Finding("step-words-differ", where, f"says {visible(step.seen)!r}, makes {visible(found.seen)!r}")


def _words(subject: str, seen: str, limit: str) -> list[str]:
    """What is said, whatever the order: a record keeps its keys sorted, the run had them as they came."""
    cut = (visible(redacted(text), longest) for text, longest in ((subject, 500), (seen, 2000), (limit, 500)))
    return [] if any("…" in text for text in cut) else sorted(re.findall(r"[^\s,;]+", f"{subject} {seen} {limit}"))


def _figures(step: StepJudged, gate: GateText, seen: Observed, where: str) -> Iterator[Finding]:
    """Does the gate's text hold each figure, or is it one that the observation itself states?"""
    text = " ".join(sentence.text for sentence in gate.steps)
    unsaid = {name: figure for name, figure in step.figures.items() if not _said(figure, text)}
    value = seen[step.observation][0].tree.get("value") if unsaid and step.observation in seen else None
    stated = value if isinstance(value, dict) else {}
    for name, figure in unsaid.items():
        if name not in stated or stated[name] != figure:
            yield Finding("figures-differ", where, visible(f"{name} = {figure}"))


def _said(figure: Figure, text: str) -> bool:
    """The word itself, or its number in one of the units that it may have."""
    if isinstance(figure, bool):
        return True
    if isinstance(figure, str):
        return all(word in text for word in figure.split(", "))
    numbers = [float(number) for number in _NUMBER.findall(text)]
    return any(abs(number * unit - figure) <= 1e-9 * max(1.0, abs(figure)) for number in numbers for unit in _UNITS)
