"""What belongs to one run: its environment, its ledger, what was judged so far?"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from flipgate.config.environment import Environment
from flipgate.core.clock import Clock
from flipgate.evidence.history import History
from flipgate.evidence.ledger import Ledger
from flipgate.evidence.operator import operator
from flipgate.evidence.records import Body, GateJudged, GateText, Record, RunJudged, RunStart, StepJudged, seen
from flipgate.evidence.verdicts import run_verdict
from flipgate.plugin.origin import Origin
from flipgate.plugin.runbook import Runbook
from flipgate.probes.readings.itself import itself
from flipgate.probes.systems import Systems


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
    records: list[Record] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.systems = Systems(self.environment, self.clock)

    @property
    def id(self) -> str:
        return self.ledger.run

    @property
    def history(self) -> History:
        """What does the ledger know of this instance, this run included?"""
        return History((*self.earlier.records, *self.records))

    def record(self, body: Body) -> Record:
        """Which record was written?"""
        record = self.ledger.append(body)
        self.records.append(record)
        return record

    def begin(self) -> None:
        """Record what this run sets out to judge, and who answers there."""
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
                allowed=self.environment.allowed,
                versions=self.origin.versions,
                operator=operator(),
                previous_run=self.origin.previous_run,
                command=self.origin.command,
                digests=self.origin.digests,
            )
        )
        self.look_around("before")

    def look_around(self, moment: str) -> None:
        """Record who answers here "before" or "after" the gates."""
        self.record(seen("", itself(self.systems), moment))

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
        self.look_around("after")
        judged = run_verdict(self.manifest, self.records, reasons=reasons)
        self.record(judged)
        return judged


def new_run_id(clock: Clock) -> str:
    """By which name does this run go? Its machine time and a few random letters."""
    return f"{clock.machine():%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
