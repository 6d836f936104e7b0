"""A cutover as the ledger holds it, written by the real Ledger: three stages, twelve gates, every verdict.

`python -m tests.unit.evidence.cutover FOLDER` writes one to look at.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flipgate.core.clock import Clock
from flipgate.core.facts.flags import FlagValue, Posture
from flipgate.core.facts.latency import LatencyReading
from flipgate.core.facts.tables import TableState
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict, worst
from flipgate.core.window import Window
from flipgate.evidence.ledger import Ledger
from flipgate.evidence.records import GateJudged, GateText, Record, RunStart, StepJudged, StepText, seen
from flipgate.evidence.verdicts import run_verdict

GO, HOLD, STOP = Verdict.GO, Verdict.HOLD, Verdict.STOP
BEGAN = datetime(2026, 11, 20, 0, 12, tzinfo=UTC)
RUNBOOK = """
title = "Org Model v2.3, Phase 2 cutover"
tracker = "692"
issue_url = "https://tracker.example.invalid/issues/{}"
flags = ["read_from_org_units"]
[stages.preflight]
next = "flip by hand (§6.1): SET ff:orgv23:read_from_org_units:global true"
[stages.after_flip_1]
[stages.soak]
"""


@dataclass(frozen=True)
class Told:
    """One gate and what its claim found."""

    title: str
    section: str
    verdict: Verdict
    subject: str
    seen: str
    limit: str
    value: object = field(default_factory=lambda: TableState("org_units", True, 4812, None))  # noqa: FBT003
    guard: Verdict = GO
    feature: str = "The cascade keeps its limits"
    advice: str = ""


LATENCY = LatencyReading("GovernanceService.Check", ((5.0, 46112.0), (7.0, 48102.0), (float("inf"), 48211.0)), ())
POSTURE = Posture(
    ("dual_write_org_units", "read_from_org_units"),
    (FlagValue("dual_write_org_units", "redis", "global", "true"),),
    (),
    {"dual_write_org_units": BEGAN},
)
CASCADE = (
    Told("Every surface holds the posture of the stage", "5", GO, "posture", "as wanted", "as wanted", POSTURE),
    Told("Seven consecutive days of reports pass", "3.1", GO, "daily reports", "7 of 7 days PASS", "7 days PASS"),
    Told("No series of the reconciler drifts", "3.2", GO, "open drift", "0 rows in 24 series", "0 in every series"),
    Told("No alert of the dual write is open", "3.3", HOLD, "Alertmanager", "no answer: refused", "an answer"),
    Told("The backend track is merged and deployed", "3.4", GO, "issues 686–690", "5 of 5 merged", "all deployed"),
    Told("The rollback lever still works", "4", GO, "legacy tables", "3 of 3 receive writes", "3 of 3"),
    Told("The flip lies in the agreed window", "6.1", GO, "now", "00:12 UTC", "00:00 to 04:00 UTC"),
    Told(
        "The p95 of governance checks keeps its limit", "7.4", STOP, "GovernanceService.Check",
        "p95 7.4 ms above 7 ms for 6 min, 48 211 calls", "not above 7 ms for more than 5 min", LATENCY,
    ),
    Told("The buckets can tell 5 ms from 7 ms", "7.4", GO, "governance histogram", "bounds at 5 and 7 ms", "both"),
    Told(
        "The error rate of the gateway keeps its limit", "7.1", HOLD, "gateway error rate", "0.1 % over 6 minutes",
        "below 0.5 % over 10 minutes", guard=HOLD,
    ),
    Told("ListTeams reads alike on both paths", "7.2", GO, "ListTeams", "412 of 412 tenants alike", "all alike"),
    Told("No breaker has tripped", "11", GO, "cascade breaker", "0 trips on 3 of 3 replicas", "0 trips"),
)  # fmt: skip
ADVICE = (
    "STOP: set ff:orgv23:cascade_4layer:global back to false (§6.2),\nthen run the rollback stage.\n"
    "HOLD: leave the flags alone; read again in 5 minutes."
)


class Cutover:
    """A project's folder with the ledger of one environment in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.ledger = root / "reports" / "dev" / "org_v23" / "ledger.jsonl"
        self._now = BEGAN
        about = root / "features" / "org_v23"
        about.mkdir(parents=True, exist_ok=True)
        (about / "runbook.toml").write_text(RUNBOOK, encoding="utf-8")

    def run(
        self, stage: str, gates: Sequence[Told], *, instance: str = "", cut_short: bool = False, skip: int = 0
    ) -> str:
        """Write one run; `skip` gates at the end of the manifest are never played. Its id."""
        run = f"{self._now:%Y%m%dT%H%M%SZ}-{stage[:3]}"
        manifest = tuple(_text(gate, stage) for gate in gates)
        with Ledger(self.ledger, run, Clock(machine=self._tick)) as ledger:
            ledger.append(_start(stage, instance, manifest))
            written: list[Record] = []
            for gate, text in zip(gates[: len(gates) - skip], manifest, strict=False):
                written += self._gate(ledger, gate, text)
            if not cut_short:
                ledger.append(run_verdict(manifest, written))
        self._now += timedelta(minutes=11)
        return run

    def age(self, hours: float) -> None:
        """The next run begins so much later."""
        self._now += timedelta(hours=hours)

    def written_to(self, run: str) -> Path:
        return self.ledger.parent / run

    def _gate(self, ledger: Ledger, gate: Told, text: GateText) -> list[Record]:
        window = Window.before(self._now, 600)
        observation = Observation(gate.value, "calls", "prometheus", ("sum(rate(calls[5m]))",), self._now, window)
        reading = seen(text.id, observation)
        written = [ledger.append(reading)]
        found = (
            ("time since the flip", "6 min of 10 min", gate.guard),
            ("prometheus", "read calls", GO),
            (gate.subject, gate.seen, gate.verdict),
        )
        for index, (step, (subject, what, verdict)) in enumerate(zip(text.steps, found, strict=True)):
            judged = StepJudged(
                gate=text.id,
                index=index,
                keyword=step.keyword,
                text=step.text,
                verdict=verdict,
                subject=subject,
                seen=what,
                limit=gate.limit if step.keyword == "Then" else "an answer",
                observation="" if step.keyword == "Given" else reading.sha256,
                judge="latency.p95_must_stay_within",
                figures={"limit_ms": 7.0},
                window=str(window),
                source="prometheus",
            )
            written.append(ledger.append(judged))
        return [*written, ledger.append(GateJudged(text.id, worst([gate.guard, gate.verdict])))]

    def _tick(self) -> datetime:
        self._now += timedelta(milliseconds=40)
        return self._now


def _start(stage: str, instance: str, manifest: tuple[GateText, ...]) -> RunStart:
    return RunStart(
        environment="dev",
        tier="dev",
        instance=instance,
        provisioned=bool(instance),
        runbook="org_v23",
        stage=stage,
        offset_s=0.0,
        manifest=manifest,
        versions={"flipgate": "0.1.0", "pytest": "9.2.0"},
    )


def _text(gate: Told, stage: str) -> GateText:
    steps = (
        StepText("Given", '10 minutes have passed since the flip of "read_from_org_units"'),
        StepText("When", f"the {gate.subject} is read"),
        StepText("Then", f"its value is {gate.limit}"),
    )
    tags = ("org_v23", stage, f"section:{gate.section}", "owner:founder")
    where = f"features/org_v23/latency.feature::{gate.title}"
    return GateText(where, gate.title, gate.feature, gate.section, "founder", tags, gate.advice or ADVICE, steps)


if __name__ == "__main__":
    cutover = Cutover(Path(sys.argv[1]))
    cutover.run("preflight", [gate for gate in CASCADE if gate.verdict is GO])
    for _ in range(2):
        cutover.run("after_flip_1", CASCADE)
    cutover.run("after_flip_1", [gate for gate in CASCADE if gate.verdict is GO])
