"""What does the ledger know of earlier stages, readings and flips of this very environment?

Records of another instance (an earlier rehearsal, say) never count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from flipgate.core.facts.flags import GLOBAL, Posture
from flipgate.core.facts.history import Flip, StageResult
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.evidence.records import GateJudged, Record, RunJudged, RunStart, Seen
from flipgate.evidence.words import Attested, Waived

Fact = TypeVar("Fact")


@dataclass(frozen=True)
class History:
    """The records of one environment's instance, oldest first."""

    records: tuple[Record, ...]

    @classmethod
    def of(cls, records: Sequence[Record], environment: str, instance: str) -> History:
        """What of these records, people's words included, belongs to this instance of this environment?"""
        runs = {
            record.run
            for record in records
            if isinstance(record.body, RunStart | Attested | Waived)
            and (record.body.environment, record.body.instance) == (environment, instance)
        }
        return cls(tuple(record for record in records if record.run in runs))

    def stage(self, stage: str, before: datetime | None = None, since: datetime | None = None) -> StageResult:
        """How did the newest run of this stage end that began before and since these times? "" where there is none.

        A run without an end is HOLD.
        """
        starts = [r for r in self.records if isinstance(r.body, RunStart) and r.body.stage == stage]
        for start in reversed(
            [r for r in starts if (before is None or r.at < before) and (since is None or r.at >= since)]
        ):
            ends = [r for r in self.records if r.run == start.run and isinstance(r.body, RunJudged)]
            if not ends:
                return StageResult(stage, start.run, "HOLD", start.at)
            body = ends[-1].body
            assert isinstance(body, RunJudged)
            contradicted_by = self.contradiction(start.run, before) if body.verdict is Verdict.GO else ""
            return StageResult(stage, start.run, body.verdict.value, ends[-1].at, contradicted_by)
        return StageResult(stage, "", "", None)

    def contradiction(self, run: str, before: datetime | None = None) -> str:
        """Which later run found STOP at a gate that this run judged, under the same flags? "" where none did.

        A later run of any selection counts: what was GO is not GO because the red was seen in an exploratory run.
        """
        own = [number for number, record in enumerate(self.records) if record.run == run]
        gates = {gate.gate for number in own if isinstance(gate := self.records[number].body, GateJudged)}
        for record in self.records[own[-1] + 1 :] if own else ():
            judged = record.body
            red = isinstance(judged, GateJudged) and judged.verdict is Verdict.STOP and judged.gate in gates
            in_time = before is None or record.at < before
            if red and in_time and self._flags(record.run) in ({}, self._flags(run)):
                return record.run
        return ""

    def _flags(self, run: str) -> dict[str, str]:
        """How did the flags stand when this run first read them? Empty where it did not."""
        name = f"{Posture.__module__.rpartition('.')[2]}.{Posture.__name__}"
        for record in self.records:
            if record.run == run and isinstance(record.body, Seen) and record.body.fact == name:
                posture: Observation[Posture] = record.body.read
                return {value.flag: platform_value(posture.value, value.flag) for value in posture.value.values}
        return {}

    def words(self) -> Iterator[tuple[Record, Attested | Waived]]:
        """Which words did people give, oldest first?"""
        for record in self.records:
            if isinstance(record.body, Attested | Waived):
                yield record, record.body

    def waivers(self, now: datetime) -> tuple[Waived, ...]:
        """What is knowingly left as it is at this time?"""
        return tuple(word for _, word in self.words() if isinstance(word, Waived) and word.expires > now)

    def observations(self, fact: type[Fact]) -> Iterator[tuple[Record, Observation[Fact]]]:
        """Which observations of this fact were recorded, oldest first?"""
        name = f"{fact.__module__.rpartition('.')[2]}.{fact.__name__}"
        for record in self.records:
            if isinstance(record.body, Seen) and record.body.fact == name:
                yield record, record.body.read

    def flips(self, flag: str, until: Observation[Posture] | None = None) -> tuple[Flip, ...]:
        """Which changes of this flag did the ledger see (and `until`, a reading not yet recorded)?

        A change is as old as the first sight of the new value.
        """
        readings = [observation for _, observation in self.observations(Posture)]
        changes: list[Flip] = []
        value, last_seen = "", None
        for reading in [*readings, *([until] if until else [])]:
            now = platform_value(reading.value, flag)
            if now and value and now != value:
                changes.append(Flip(flag, now, reading.taken_at, "ledger", last_seen))
            if now:
                value, last_seen = now, reading.taken_at
        return tuple(changes)


def platform_value(posture: Posture, flag: str) -> str:
    """Which value is in force platform-wide? The database row before the Redis key; "" if neither says so."""
    held = {value.surface: value.text for value in posture.values if (value.flag, value.scope) == (flag, GLOBAL)}
    text = held.get("database", held.get("redis", ""))
    return text if text in ("true", "false") else ""
