"""Are the records of each run whole, in order, and of one run at a time?"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby, pairwise

from flipgate.core.errors import visible
from flipgate.evidence.pack.reasons import Finding
from flipgate.evidence.records import GateJudged, Record, RunJudged, RunStart, StepJudged

# What a clock may be set back while it is being disciplined.
_TOLERATED = timedelta(seconds=2)
_OFFSET_TOLERATED_S = 0.001


def in_order(records: Sequence[Record]) -> Iterator[Finding]:
    """What is wrong with the order of these records, and with what each run says of itself?"""
    stretches = [list(some) for _, some in groupby(records, key=lambda record: record.run)]
    counted = Counter(stretch[0].run for stretch in stretches)
    yield from (Finding("runs-interleaved", f"run {visible(run)}") for run, times in counted.items() if times > 1)
    for before, after in pairwise(records):
        if after.machine_at < before.machine_at - _TOLERATED or _back_in_run(before, after):
            told = f"{before.machine_at.isoformat()}, then {after.machine_at.isoformat()}"
            yield Finding("clock-backwards", _where(after), told)
    for stretch in stretches:
        yield from _numbered(stretch)
        if isinstance(stretch[0].body, RunStart):
            yield from _run(stretch[0].body, stretch)


def _back_in_run(before: Record, after: Record) -> bool:
    return before.run == after.run and after.monotonic_s < before.monotonic_s


def _numbered(stretch: Sequence[Record]) -> Iterator[Finding]:
    for number, record in enumerate(stretch):
        if record.seq != number:
            yield Finding("record-order", _where(record), f"{number} is due")
            return


def _run(start: RunStart, run: Sequence[Record]) -> Iterator[Finding]:
    once = [record for record in run if isinstance(record.body, RunStart | RunJudged)]
    if len({type(record.body) for record in once}) < len(once) or (len(once) > 1 and once[-1] is not run[-1]):
        yield Finding("run-repeated", f"run {visible(run[0].run)}")
    for record in run:
        apart_s = (record.at - record.machine_at).total_seconds()
        if abs(apart_s - start.offset_s) > _OFFSET_TOLERATED_S:
            yield Finding("offset-differs", _where(record), f"{apart_s:g} s, {start.offset_s:g} s are stated")
            break
    ids = [gate.id for gate in start.manifest]
    ended = [record.body.gate for record in run if isinstance(record.body, GateJudged)]
    for some in (ids, ended):
        yield from (Finding("gate-repeated", visible(gate)) for gate, times in Counter(some).items() if times > 1)
    judged = {record.body.gate for record in run if isinstance(record.body, StepJudged | GateJudged)}
    if start.stage:
        yield from (Finding("gate-unlisted", visible(gate)) for gate in sorted(judged - set(ids)))
    yield from (Finding("id-confusable", visible(gate)) for gate in ids if _confusable(gate))


def _confusable(text: str) -> bool:
    """Does it hold a letter or digit that is not plain, and looks like one that is?"""
    letters = [char for char in text if unicodedata.category(char)[0] in "LN" and not char.isascii()]
    return any("LATIN" not in unicodedata.name(char, "") or _folded(char) != char for char in letters)


def _folded(char: str) -> str:
    return unicodedata.normalize("NFKC", char)


def _where(record: Record) -> str:
    return f"run {visible(record.run)}, record {record.seq}"
