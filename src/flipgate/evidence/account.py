"""What happened in a run, gate by gate, as its records tell it?

Every report is made from this and from nothing else. A verdict that the records do not bear out is never shown better
than they are: recorded and recomputed verdicts are merged, and the worst stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from flipgate.core.verdict import Verdict, worst
from flipgate.core.written import Written
from flipgate.evidence.canonical import digest
from flipgate.evidence.drawing import Plot
from flipgate.evidence.history import History
from flipgate.evidence.plots import plots
from flipgate.evidence.records import (
    GateJudged,
    GateText,
    Record,
    RunJudged,
    RunStart,
    Seen,
    StepJudged,
    StepText,
    Witnessed,
    line_of,
)
from flipgate.evidence.verdicts import gate_verdict, run_verdict
from flipgate.evidence.witnesses import witnessed
from flipgate.evidence.words import Waived
from flipgate.evidence.writes import written

NO_END = "the run has no end in the ledger: it was cut short"


@dataclass(frozen=True)
class StepAccount:
    """One step that was judged. `seen`: the observation behind it, where one was recorded."""

    judged: StepJudged
    began_at: datetime
    ended_at: datetime
    seen: Seen | None


@dataclass(frozen=True)
class GateAccount:
    """One gate. `began_at`, `ended_at`: None where it was never played; `not_run`: the sentences that did not run."""

    text: GateText
    verdict: Verdict
    steps: tuple[StepAccount, ...]
    not_run: tuple[StepText, ...]
    began_at: datetime | None
    ended_at: datetime | None

    @property
    def deciding(self) -> tuple[StepJudged, ...]:
        """Which steps made the verdict? For a GO the claims, first those that could be STOP; else those of it."""
        steps = [step.judged for step in self.steps]
        if self.verdict is Verdict.GO:
            return tuple(sorted((step for step in steps if step.keyword == "Then"), key=lambda step: step.cap))
        return tuple(step for step in steps if step.verdict is self.verdict)

    @property
    def advice(self) -> tuple[str, ...]:
        """What does the operator do about this verdict, as the text under the scenario's title says?"""
        return advice(self.text, self.verdict)

    @cached_property
    def plots(self) -> tuple[Plot, ...]:
        """How do its measurements over time look? Drawn once, wherever they are shown."""
        return plots(self)


@dataclass(frozen=True)
class RunAccount:
    """One run. `last_digest` names its last record, so that a report can be traced to the ledger.

    contradicted_by  a later run that found STOP at one of its gates; "" for one that is not GO.
    waived           what is knowingly left as it is in its world, and was not over when it ended.
    """

    id: str
    start: RunStart
    began_at: datetime
    ended_at: datetime
    began_machine_at: datetime
    judged: RunJudged
    gates: tuple[GateAccount, ...]
    last_digest: str
    contradicted_by: str = ""
    waived: tuple[Waived, ...] = ()
    witnesses: tuple[Witnessed, ...] = ()
    writes: tuple[Written, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return self.judged.verdict

    @property
    def standing(self) -> Verdict:
        """What does its verdict count for now? A GO that a later run contradicts is none."""
        return Verdict.HOLD if self.contradicted_by else self.verdict

    @property
    def stage(self) -> str:
        return self.start.stage or "exploratory"


def accounts(records: Sequence[Record]) -> tuple[RunAccount, ...]:
    """What happened in the runs of these records, oldest first? A run without its start cannot be told."""
    by_run: dict[str, list[Record]] = {}
    for record in records:
        by_run.setdefault(record.run, []).append(record)
    observations = {record.body.sha256: record.body for record in records if isinstance(record.body, Seen)}
    told = [_run(run, observations) for run in by_run.values() if isinstance(run[0].body, RunStart)]
    in_order = sorted(told, key=lambda account: account.began_machine_at)
    return tuple(_with_hindsight(one, records) for one in in_order)


def _with_hindsight(run: RunAccount, records: Sequence[Record]) -> RunAccount:
    history = History.of(records, run.start.environment, run.start.instance)
    contradicted_by = history.contradiction(run.id) if run.verdict is Verdict.GO else ""
    return replace(run, contradicted_by=contradicted_by, waived=history.waivers(run.ended_at))


def advice(gate: GateText, verdict: Verdict) -> tuple[str, ...]:
    """Which paragraphs of the text under a scenario's title begin with this verdict's word? One line each.

    >>> advice(GateText("", "", "", "", "", (), "STOP: flip\\nback.\\nHOLD: wait.", ()), Verdict.STOP)
    ('flip back.',)
    """
    paragraphs: list[tuple[str, list[str]]] = []
    for line in gate.advice.splitlines():
        word, colon, rest = line.partition(":")
        if colon and word in ("STOP", "HOLD"):
            paragraphs.append((word, [rest]))
        elif paragraphs:
            paragraphs[-1][1].append(line)
    return tuple(" ".join(" ".join(rows).split()) for word, rows in paragraphs if word == verdict.value)


def _run(records: Sequence[Record], observations: Mapping[str, Seen]) -> RunAccount:
    first, last = records[0], records[-1]
    assert isinstance(first.body, RunStart)
    return RunAccount(
        id=first.run,
        start=first.body,
        began_at=first.at,
        ended_at=last.at,
        began_machine_at=first.machine_at,
        judged=_judged(first.body, records),
        gates=tuple(_gate(text, records, observations) for text in _texts(first.body, records)),
        last_digest=digest(line_of(last)),
        witnesses=witnessed(records),
        writes=written(records),
    )


def _judged(start: RunStart, records: Sequence[Record]) -> RunJudged:
    ends = [record.body for record in records if isinstance(record.body, RunJudged)]
    reasons = ends[-1].reasons if ends else (NO_END,)
    found = run_verdict(start.manifest, records, reasons=reasons)
    verdict = worst([found.verdict, *(end.verdict for end in ends)])
    return RunJudged(verdict, found.missing, found.reasons, ends[-1].ready_at if ends else None)


def _texts(start: RunStart, records: Iterable[Record]) -> tuple[GateText, ...]:
    """The gates of the manifest, and those that an exploratory run judged without one."""
    texts = {gate.id: gate for gate in start.manifest}
    for record in records:
        if isinstance(record.body, StepJudged | GateJudged) and record.body.gate not in texts:
            texts[record.body.gate] = _unlisted(record.body.gate, records)
    return tuple(texts.values())


def _unlisted(gate: str, records: Iterable[Record]) -> GateText:
    path, _, title = gate.partition("::")
    bodies = [record.body for record in records]
    steps = tuple(
        StepText(body.keyword, body.text) for body in bodies if isinstance(body, StepJudged) and body.gate == gate
    )
    return GateText(gate, title or gate, path, "", "", (), "", steps)


def _gate(text: GateText, records: Sequence[Record], observations: Mapping[str, Seen]) -> GateAccount:
    steps = tuple(_steps(text, records, observations))
    ends = [r for r in records if isinstance(r.body, GateJudged) and r.body.gate == text.id]
    computed = gate_verdict(text, [step.judged for step in steps])
    recorded = [r.body.verdict for r in ends if isinstance(r.body, GateJudged)]
    played_until = [step.ended_at for step in steps] + [record.at for record in ends]
    return GateAccount(
        text=text,
        verdict=worst([computed.verdict, *recorded, *([] if ends else [Verdict.HOLD])]),
        steps=steps,
        not_run=tuple(text.steps[index] for index in computed.missing_steps),
        began_at=steps[0].began_at if steps else None,
        ended_at=max(played_until, default=None),
    )


def _steps(text: GateText, records: Sequence[Record], observations: Mapping[str, Seen]) -> Iterable[StepAccount]:
    """A step begins where the judgement before it ended; its own reading lies between the two."""
    boundary = records[0].at
    for record in records:
        body = record.body
        if isinstance(body, StepJudged) and body.gate == text.id:
            yield StepAccount(body, boundary, record.at, observations.get(body.observation))
        if not isinstance(body, Seen):
            boundary = record.at
