"""What belongs to one run: its environment, its ledger, what was judged so far?"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from flipgate.config.environment import Environment
from flipgate.core.clock import Clock
from flipgate.core.observation import Disturbance
from flipgate.evidence.history import History
from flipgate.evidence.ledger import Ledger
from flipgate.evidence.operator import operator
from flipgate.evidence.records import (
    Body,
    GateJudged,
    GateText,
    Record,
    RunJudged,
    RunStart,
    StepJudged,
    Witnessed,
    seen,
)
from flipgate.evidence.standing import WHOLE_STAGE, changes, clock_jump
from flipgate.evidence.verdicts import run_verdict
from flipgate.evidence.witnesses import WROTE
from flipgate.plugin.origin import Origin
from flipgate.plugin.recall import Recall
from flipgate.plugin.runbook import Runbook
from flipgate.plugin.writing import Writer
from flipgate.probes.readings.itself import itself
from flipgate.probes.systems import Systems
from flipgate.probes.witnesses import NO_SERVER, Counters, counters
from flipgate.safety.tally import Count, counted

if TYPE_CHECKING:
    from flipgate.probes.readings.posture import Flags
    from flipgate.probes.readings.standing import Standing


@dataclass
class Run:
    """One run against one environment. `earlier` is what the ledger held before it began."""

    stage: str
    runbook_name: str
    runbook: Runbook
    environment: Environment
    provisioned: bool
    instance: str
    clock: Clock
    manifest: tuple[GateText, ...]
    earlier: History
    folder: Path
    ledger: Ledger
    origin: Origin = field(default_factory=Origin)
    flipped_at: dict[str, str] = field(default_factory=dict)
    allowed: dict[str, str] = field(default_factory=dict)
    records: list[Record] = field(default_factory=list)
    before: Standing | None = None

    def __post_init__(self) -> None:
        self.systems = Systems(self.environment, self.clock)
        self.writer = Writer(self)
        self._counted: dict[str, Count] = {}
        self._counters: dict[str, Counters] = {}

    @property
    def id(self) -> str:
        return self.ledger.run

    @property
    def flags(self) -> Flags:
        """Which flags has the runbook, and where do they live?"""
        from flipgate.probes.readings.posture import Flags

        return Flags(self.runbook.flags, self.runbook.surfaces)

    @property
    def history(self) -> History:
        """What does the ledger know of this instance, this run included?"""
        return History((*self.earlier.records, *self.records))

    def record(self, body: Body) -> Record:
        """Which record was written?"""
        record = self.ledger.append(body)
        self.records.append(record)
        return record

    def begin(self, *, judging: bool = True) -> None:
        """Record what this run sets out to judge, who answers there and, if it is going to judge, how things stand."""
        self.record(
            RunStart(
                environment=self.environment.name,
                tier=self.environment.tier,
                instance=self.instance,
                provisioned=self.provisioned,
                runbook=self.runbook_name,
                stage=self.stage,
                offset_s=self.clock.offset_s,
                manifest=self.manifest,
                allowed=self.allowed,
                versions=self.origin.versions,
                operator=operator(),
                previous_run=self.origin.previous_run,
                command=self.origin.command,
                digests=self.origin.digests,
            )
        )
        self._counted = counted()
        self._counters = counters(self.environment)
        self.before = self.look_around("before", judging=judging)

    def look_around(self, moment: str, *, judging: bool) -> Standing | None:
        """Record who answers here "before" or "after" the gates; and where a stage is judged, how everything stands."""
        self.record(seen(WHOLE_STAGE, itself(self.systems), moment))
        blocks = self.environment
        if not (judging and (blocks.redis or blocks.postgres or blocks.kubernetes or blocks.ops_view)):
            return None
        from flipgate.probes.readings.standing import standing

        found = standing(self.systems, self.flags)
        for observation in (found.posture, found.processes) if found else ():
            if observation is not None:
                self.record(seen(WHOLE_STAGE, observation, moment))
        return found

    @cached_property
    def happened(self) -> tuple[Disturbance, ...]:
        """What is known to have happened here before this run began? Whatever window it fell into is disturbed."""
        return tuple(Recall(self).happened(self.before)) if self.before else ()

    def steps_of(self, gate: GateText) -> tuple[StepJudged, ...]:
        """What was judged of this gate so far?"""
        bodies = (record.body for record in self.records)
        return tuple(body for body in bodies if isinstance(body, StepJudged) and body.gate == gate.id)

    def judged(self) -> dict[str, GateJudged]:
        """Which verdict has each gate that has ended, by its id?"""
        bodies = (record.body for record in self.records)
        return {body.gate: body for body in bodies if isinstance(body, GateJudged)}

    def end(self, reasons: Sequence[str]) -> RunJudged:
        """Which verdict does the run end with? Computed from its records against its manifest, and recorded."""
        left = self.writer.cleaned_up()
        whole = self.before is not None and not reasons and not self.before.processes.value.unread
        self.look_around("after", judging=whole)
        against = [*changes(self.records), *clock_jump(self.records), *([WROTE] if self._wrote() else [])]
        judged = run_verdict(self.manifest, self.records, reasons=[*reasons, *left, *against])
        self.record(judged)
        return judged

    def _wrote(self) -> bool:
        """Record what the doors and the servers counted over the run. Did the suite write, and had no leave to?"""
        servers, wrote = counters(self.environment), False
        for system, count in counted().items():
            did = count.since(self._counted.get(system, Count()))
            moved = servers.get(system, NO_SERVER).since(self._counters.get(system, NO_SERVER))
            if did != Count():
                self.record(Witnessed(system, did.calls, did.writes, did.refused, dict(moved.counted), moved.told))
            wrote = wrote or did.writes > 0
        return wrote and not self.writer.has_leave


def new_run_id(clock: Clock) -> str:
    """By which name does this run go? Its machine time and a few random letters."""
    return f"{clock.machine():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
