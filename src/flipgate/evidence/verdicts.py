"""Which verdict follows from the ledger, and from nothing else?

Neither pytest's exit status nor Allure's files are asked: both have been seen green over what never ran.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from flipgate.core.verdict import Verdict, at_most_hold, worst
from flipgate.evidence.records import GateJudged, GateText, Record, RunJudged, StepJudged
from flipgate.evidence.writes import left_behind


def capped(verdict: Verdict, cap: str) -> Verdict:
    """What is left of a verdict under this cap?"""
    return at_most_hold(verdict) if cap == "hold" else verdict


def gate_verdict(gate: GateText, steps: Iterable[StepJudged]) -> GateJudged:
    """What do the steps of one scenario make? The worst; a step of the text that did not run makes HOLD at best."""
    ran = [step for step in steps if step.gate == gate.id]
    indices = {step.index for step in ran}
    missing = tuple(index for index in range(len(gate.steps)) if index not in indices)
    verdict = worst([*(step.verdict for step in ran), *([Verdict.HOLD] if missing else [])])
    return GateJudged(gate.id, verdict, missing)


def run_verdict(manifest: Sequence[GateText], records: Iterable[Record], *, reasons: Sequence[str] = ()) -> RunJudged:
    """What does a run make? The worst of its gates; a gate of the manifest without a verdict makes HOLD at best.

    `reasons` are those that keep it from GO for other causes (interrupted, an error of the run itself).
    What the suite wrote and did not withdraw is one that the records tell by themselves.
    """
    records = tuple(records)
    reasons = (*reasons, *left_behind(records, reasons))
    bodies = [record.body for record in records]
    steps = [body for body in bodies if isinstance(body, StepJudged)]
    ended = {body.gate for body in bodies if isinstance(body, GateJudged)}
    missing = tuple(gate.id for gate in manifest if gate.id not in ended)
    verdicts = [gate_verdict(gate, steps).verdict for gate in manifest]
    withheld = [Verdict.HOLD] if missing or reasons else []
    verdict = worst([*verdicts, *withheld])
    ready_at = _ready_at(manifest, steps) if verdict is Verdict.HOLD and not withheld else None
    return RunJudged(verdict, missing, tuple(reasons), ready_at)


def _ready_at(manifest: Sequence[GateText], steps: Sequence[StepJudged]) -> datetime | None:
    """When is it worth asking again? Known where each gate that holds waits, among other things, for a known moment."""
    held = [[step for step in steps if step.gate == gate.id and step.verdict is Verdict.HOLD] for gate in manifest]
    waits = [max((step.ready_at for step in gate if step.ready_at), default=None) for gate in held if gate]
    return max((wait for wait in waits if wait), default=None) if None not in waits else None
