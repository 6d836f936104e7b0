"""A cutover as the operator plays it: flip and wait by hand, stage after stage, each in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.rehearsal.rehearsals import run

ROOT = Path(__file__).parents[2]
GO, HOLD, STOP = 0, 10, 20


@dataclass(frozen=True)
class Stage:
    """How a stage run ended: its status, and what the operator read, on one line."""

    status: int
    text: str


@dataclass(frozen=True)
class Cutover:
    """One rehearsal with reports of its own."""

    name: str
    reports: Path

    def command(self, *words: str) -> None:
        """Play the operator."""
        done = run(self.name, *words)
        assert done.returncode == 0, done.stderr

    def stage(self, stage: str, *words: str) -> Stage:
        """Run a stage against this rehearsal."""
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-m", stage, "--env", "rehearsal", *words],
            cwd=ROOT,
            env={**os.environ, "FLIPGATE_REHEARSAL": self.name, "FLIPGATE_REPORTS": str(self.reports)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        return Stage(ended.returncode, " ".join((ended.stdout + ended.stderr).split()))

    def go(self, stage: str) -> None:
        """Run a stage that has to be GO."""
        ended = self.stage(stage)
        assert ended.status == GO, ended.text

    @contextmanager
    def broken(self, fault: str) -> Iterator[None]:
        """Break it, and mend it again."""
        self.command("fault", fault)
        try:
            yield
        finally:
            self.command("fault", fault, "--undo")

    def flip(self) -> None:
        """Preflight, baseline, the first flip, and the look that sees it."""
        self.go("preflight")
        self.go("baseline")
        self.command("flip", "read_from_org_units", "true")
        assert self.stage("after_flip_1").status == HOLD


@contextmanager
def cutover(name: str, reports: Path) -> Iterator[Cutover]:
    """A rehearsal that is up for as long as it is needed."""
    played = Cutover(f"{name}-{os.getpid()}", reports)
    played.command("up")
    try:
        yield played
    finally:
        played.command("down")
