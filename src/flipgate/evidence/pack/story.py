"""Do the runs tell one story: of one environment, each resting on what came before it as it was?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flipgate.core.errors import visible
from flipgate.core.verdict import Verdict
from flipgate.evidence.pack.reasons import Finding
from flipgate.evidence.pack.statement import Seal
from flipgate.evidence.records import Record, RunJudged, RunStart, Seen
from flipgate.evidence.words import Attested

Tree = Any
_RESULT = {"stage", "run", "verdict", "ended_at"}
_WORD = {"box", "owner", "by", "at"}
_ITSELF = "environment.Itself"
# Of these a server has one for as long as it keeps its data; its other names change when it is started again.
_LASTING = {"postgresql": ("system_identifier", "database"), "kubernetes": ("uid",), "prometheus": ()}


def told(records: Sequence[Record], seal: Seal) -> Iterator[Finding]:
    """What in these records contradicts the seal, or itself?"""
    starts = [record for record in records if isinstance(record.body, RunStart)]
    yield from _environment(starts, seal)
    yield from _identity(records, seal)
    ends = {record.run: record for record in records if isinstance(record.body, RunJudged)}
    by_run = {record.run: record for record in starts}
    words = [record for record in records if isinstance(record.body, Attested)]
    for record in records:
        if isinstance(record.body, Seen) and record.body.gate:
            for tree in _objects(record.body.tree.get("value")):
                if tree.keys() >= _RESULT and tree["run"]:
                    yield from _result(record, tree, by_run, ends)
                elif tree.keys() >= _WORD and tree["by"]:
                    yield from _word(record, tree, words)


def _environment(starts: Sequence[Record], seal: Seal) -> Iterator[Finding]:
    for record in starts:
        start = record.body
        assert isinstance(start, RunStart)
        said = (start.environment, start.tier, start.runbook)
        if said != (seal.environment, seal.tier, seal.runbook):
            yield Finding("environment-differs", f"run {visible(record.run)}", visible(" ".join(said)))
        if start.instance == seal.instance and start.provisioned != seal.provisioned:
            yield Finding("rehearsal-hidden", f"run {visible(record.run)}")


def _identity(records: Sequence[Record], seal: Seal) -> Iterator[Finding]:
    """What a server calls itself may not change from run to run of one instance."""
    ours = {r.run for r in records if isinstance(r.body, RunStart) and r.body.instance == seal.instance}
    first: dict[tuple[str, str], str] = {}
    for record in records:
        if not isinstance(record.body, Seen) or record.body.fact != _ITSELF or record.run not in ours:
            continue
        said = (record.body.tree.get("value") or {}).get("said", {})
        for system, names in said.items():
            for name in (name for name in names if name in _LASTING.get(system, ())):
                known = first.setdefault((system, name), names[name])
                if known != names[name]:
                    seen = visible(f"{system} {name}: {known}, now {names[name]}")
                    yield Finding("identity-differs", f"run {visible(record.run)}", seen)


def _result(
    citing: Record, tree: Mapping[str, Tree], starts: Mapping[str, Record], ends: Mapping[str, Record]
) -> Iterator[Finding]:
    """Did the run that is cited end so, and before it was cited?"""
    where, run = f"run {visible(citing.run)}, record {citing.seq}", str(tree["run"])
    start, end = starts.get(run), ends.get(run)
    if start is None or not isinstance(start.body, RunStart) or start.body.stage != tree["stage"]:
        yield Finding("stage-misquoted", where, visible(f"no run {run} of {tree['stage']}"))
        return
    verdict = end.body.verdict if end and isinstance(end.body, RunJudged) else Verdict.HOLD
    if verdict.value != tree["verdict"]:
        yield Finding("stage-misquoted", where, visible(f"{tree['stage']} {run} was {verdict.value}"))
    if (end or start).machine_at > citing.machine_at:
        yield Finding("stages-out-of-order", where, visible(f"{tree['stage']} {run} ended after it"))


def _word(citing: Record, tree: Mapping[str, Tree], words: Sequence[Record]) -> Iterator[Finding]:
    given = [(w.body.box, w.body.owner, w.body.by, w.body.note) for w in words if isinstance(w.body, Attested)]
    if (tree["box"], tree["owner"], tree["by"], tree.get("statement")) not in given:
        told = visible(f"box {tree['box']}, {tree['owner']}: {tree['by']}")
        yield Finding("word-misquoted", f"run {visible(citing.run)}, record {citing.seq}", told)


def _objects(tree: Tree) -> Iterator[Mapping[str, Tree]]:
    """Every object within, itself included."""
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from _objects(value)
    elif isinstance(tree, list):
        for value in tree:
            if isinstance(value, dict | list):  # of the samples of two days most are numbers
                yield from _objects(value)
