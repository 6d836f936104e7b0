"""A small cutover whose every judgement is a real gate's, so that a pack of it can be computed again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flipgate.core.clock import Clock
from flipgate.core.facts.environment import Itself
from flipgate.core.facts.history import Flip, StageResult
from flipgate.core.facts.portal import FlowSeen, PageSeen, Picture
from flipgate.core.facts.sign_off import Attestation, StageEvidence
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.evidence.canonical import digest
from flipgate.evidence.ledger import Ledger
from flipgate.evidence.pack.recomputed import judges
from flipgate.evidence.records import GateText, Record, RunStart, StepJudged, StepText, seen
from flipgate.evidence.verdicts import gate_verdict, run_verdict
from flipgate.evidence.words import Attested

BEGAN = datetime(2026, 11, 20, 9, tzinfo=UTC)
OFFSET_S = 3600.0
PNG = b"\x89PNG\r\n\x1a\n" + b"a picture"
RUNBOOK = """
title = "Demo cutover"
tracker = "692"
issue_url = "https://tracker.example.invalid/issues/{}"
flags = ["a_flag"]
"""
BY = "the operator"


@dataclass(frozen=True)
class Reading:
    """One gate to play: its sentence, what is seen, which gate judges it, with which figures."""

    title: str
    claim: str
    value: object
    judge: str
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass
class Project:
    """A project's folder with the ledger of one environment."""

    root: Path
    environment: str = "dev"
    provisioned: bool = False
    now: datetime = BEGAN

    def __post_init__(self) -> None:
        home = self.root / "features" / "demo"
        home.mkdir(parents=True, exist_ok=True)
        (home / "runbook.toml").write_text(RUNBOOK)
        self.ledger = self.root / "reports" / self.environment / "demo" / "ledger.jsonl"

    def clock(self) -> Clock:
        return Clock(OFFSET_S if self.provisioned else 0.0, machine=self._tick, monotonic=self._passed)

    def run(self, stage: str, readings: Sequence[Reading], *, said: str = "7301", looks: Sequence[Reading] = ()) -> str:
        """Write one run; its id. `looks` are readings that no step judges."""
        self.now += timedelta(minutes=10)
        run = f"{self.now:%Y%m%dT%H%M%SZ}-{stage[:3]}"
        manifest = tuple(_text(reading, stage) for reading in readings)
        with Ledger(self.ledger, run, self.clock()) as ledger:
            written = [ledger.append(self._start(stage, manifest))]
            itself = Itself({"postgresql": {"system_identifier": said, "database": "platform"}}, {})
            written.append(ledger.append(seen("", self._observed(itself), "before")))
            written += [ledger.append(seen(manifest[0].id, self._observed(look.value))) for look in looks]
            for reading, text in zip(readings, manifest, strict=True):
                written += self._gate(ledger, reading, text)
            ledger.append(run_verdict(manifest, written))
        return run

    def attest(self, box: int, owner: str) -> None:
        with Ledger(self.ledger, f"word-{box}", self.clock()) as ledger:
            ledger.append(Attested(self.environment, self._instance, "demo", box, owner, BY, "someone@here", "done"))

    @property
    def _instance(self) -> str:
        return "world-1" if self.provisioned else ""

    def picture(self, run: str, name: str) -> None:
        folder = self.ledger.parent / run
        folder.mkdir(exist_ok=True)
        (folder / name).write_bytes(PNG)

    def _start(self, stage: str, manifest: tuple[GateText, ...]) -> RunStart:
        return RunStart(
            environment=self.environment,
            tier="dev",
            instance=self._instance,
            provisioned=self.provisioned,
            runbook="demo",
            stage=stage,
            offset_s=OFFSET_S if self.provisioned else 0.0,
            manifest=manifest,
            versions={"flipgate": "0.1.0"},
            digests={"features": digest(b"features"), "source": digest(b"source")},
        )

    def _gate(self, ledger: Ledger, reading: Reading, text: GateText) -> list[Record]:
        observation = self._observed(reading.value)
        record = seen(text.id, observation)
        made = judges()[reading.judge](observation, **reading.figures)
        cap = "hold" if text.steps[1].text.endswith(", else hold") else ""
        steps = (
            StepJudged(
                text.id, 0, "When", text.steps[0].text, Verdict.GO, "ledger", "read stage", "an answer",
                observation=record.sha256, cap="hold",
            ),
            StepJudged(
                text.id, 1, "Then", text.steps[1].text, made.verdict, made.subject, made.seen, made.limit,
                observation=record.sha256, judge=made.gate, figures=dict(made.figures), cap=cap,
            ),
        )  # fmt: skip
        return [ledger.append(body) for body in (record, *steps, gate_verdict(text, steps))]

    def _observed(self, value: object) -> Observation[Any]:
        at = self.clock().now()
        return Observation(value, "stage", "ledger", ("looked up",), at)

    def _tick(self) -> datetime:
        self.now += timedelta(milliseconds=20)
        return self.now

    def _passed(self) -> float:
        return (self.now - BEGAN).total_seconds()


def cutover(root: Path, *, provisioned: bool = False) -> Project:
    """A preflight, a soak with a picture, a word, and a sign-off that is GO."""
    project = Project(root, "rehearsal" if provisioned else "dev", provisioned)
    flip = Flip("a_flag", "true", BEGAN, "database")
    preflight = project.run("preflight", [clean("The console is clean", None)])
    soak = project.run("soak", [pictured("portal.png"), clean("The portal is quiet", None)])
    project.picture(soak, "portal.png")
    project.attest(2, "DevOps")
    at = project.clock().now()
    word = Attestation(2, "DevOps", BY, at, "done")
    project.run(
        "sign_off",
        [
            Reading("Box 1, Founder: the soak is complete", "it was GO at most 24 hours ago, else hold",
                    StageEvidence(StageResult("soak", soak, "GO", at), flip, None), "sign_off.stage_must_tick",
                    {"max_age_s": 86400.0}),
            Reading("Box 2, DevOps: the report is attached", "a named person attested it, else hold", word,
                    "sign_off.owner_must_have_attested"),
            Reading("Box 3, Founder: the preflight is complete", "it was GO at most 24 hours before, else hold",
                    StageResult("preflight", preflight, "GO", at, asked_for=at), "history.stage_must_be_go",
                    {"max_age_s": 86400.0}),
        ],
    )  # fmt: skip
    return project


def pictured(name: str) -> Reading:
    """A page of which this picture is kept."""
    return clean(f"The portal shows {name}", Picture(name, digest(PNG)))


def clean(title: str, picture: Picture | None) -> Reading:
    """A page of the portal whose console is clean."""
    page = PageSeen("https://portal.example.invalid", 1, 3, 3, 0, (), 0, (), 5, 0, (), (), (), picture)
    return Reading(title, "its console holds no error", FlowSeen("Teams", page), "portal.console_must_be_clean")


def _text(reading: Reading, stage: str) -> GateText:
    steps = (StepText("When", "the evidence is looked up"), StepText("Then", reading.claim))
    where = f"features/demo/{stage}.feature::{reading.title}"
    tags = ("demo", stage, "section:9", "owner:founder")
    return GateText(where, reading.title, "Demo", "9", "founder", tags, "HOLD: wait.", steps)
