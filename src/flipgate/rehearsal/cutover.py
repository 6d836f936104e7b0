"""A cutover in an environment of its own, driven from outside: the operator's acts, and stage runs of the suite."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import msgspec

from flipgate.rehearsal.errors import RehearsalError
from flipgate.rehearsal.place import NAME_SETTING, Place
from flipgate.rehearsal.platforms import world_of
from flipgate.rehearsal.protocol import Reply, Request, ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from flipgate.rehearsal.courses import Told, Word

WORDS = {0: "GO", 10: "HOLD", 20: "STOP", 30: "refused"}
REPORTS_SETTING = "FLIPGATE_REPORTS"


class _Line(msgspec.Struct):
    kind: str
    body: msgspec.Raw


_LINE = msgspec.json.Decoder(_Line)


@dataclass(frozen=True)
class Ended:
    """How a stage run ended.

    verdict  of the stage, by the exit status.
    gates    verdicts by scenario title, as the ledger has them; one without a verdict is absent.
    text     what the operator read; "" where it went to the terminal.
    """

    verdict: str
    gates: dict[str, str] = field(default_factory=dict)
    text: str = ""
    seconds: float = 0


@dataclass(frozen=True)
class Cutover:
    """One environment, and where the ledgers and reports of its runs lie (None: where the suite puts them).

    settings  of the environment that the suite's commands run in, beside ours.
    told      when people were told of what.
    """

    place: Place
    runbook: str
    reports: Path | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    told: dict[str, datetime] = field(default_factory=dict)

    @property
    def environment(self) -> str:
        """Under which name does the suite know it?"""
        return world_of(self.runbook).environment

    def do(self, request: Request) -> Reply:
        """Let the rehearsal do something. Errors: RehearsalError."""
        return ask(self.place, request)

    def now(self) -> datetime:
        """What time is it in the world? Errors: RehearsalError."""
        clock = self.do(Request(ask="status")).clock
        return datetime.now(UTC) + timedelta(seconds=clock.offset_s if clock else 0)

    def command(self, module: str, *words: str, capture: bool = False) -> subprocess.CompletedProcess[str]:
        """Run a command of the suite against this environment; its output is shown, or captured."""
        reports = {REPORTS_SETTING: str(self.reports)} if self.reports else {}
        return subprocess.run(
            [sys.executable, "-m", module, *words],
            env={**os.environ, **self.settings, **reports, NAME_SETTING: self.place.name},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if capture else None,
            stderr=subprocess.STDOUT if capture else None,
            text=True,
            check=False,
        )

    def stage(self, stage: str, *, capture: bool = False) -> Ended:
        """Run a stage."""
        begun = time.monotonic()
        done = self.command("pytest", "-m", stage, "--env", self.environment, capture=capture)
        verdict = WORDS.get(done.returncode, f"exit status {done.returncode}")
        return Ended(verdict, self._gates(), done.stdout or "", time.monotonic() - begun)

    def tell(self, told: Told) -> None:
        """Remember that people are told of something now. Errors: RehearsalError."""
        self.told[told.what] = self.now()

    def attest(self, word: Word) -> str:
        """Give an owner's word with the suite's own command, and say when that was told which it is about.

        Returns what the command told. Errors: RehearsalError.
        """
        said = ["--env", self.environment, "--by", "the rehearsal's operator", "--note", word.note]
        if word.of:
            zone = timezone(timedelta(hours=word.zone_h))
            said += ["--when", self.told[word.of].astimezone(zone).isoformat(timespec="seconds")]
        if word.for_s:
            said += ["--expires", (self.now() + timedelta(seconds=word.for_s)).isoformat()]
        given = self.command("flipgate.cli", "attest", str(word.box), *said, capture=True)
        if given.returncode:
            raise RehearsalError(f"box {word.box} could not be attested: {given.stdout.strip()}")
        return given.stdout.strip()

    def _gates(self) -> dict[str, str]:
        """Which verdict did each gate of the newest run get? Read from the ledger's text alone."""
        gates: dict[str, str] = {}
        titles: dict[str, str] = {}
        for path in (self.reports.glob(f"{self.environment}/*/ledger.jsonl")) if self.reports else ():
            for line in map(_LINE.decode, path.read_bytes().splitlines()):
                if line.kind == "run_start":
                    titles = {gate["id"]: gate["title"] for gate in msgspec.json.decode(line.body)["manifest"]}
                    gates = {}
                elif line.kind == "gate_end":
                    body = msgspec.json.decode(line.body)
                    gates[titles[body["gate"]]] = body["verdict"]
        return gates


@contextlib.contextmanager
def environment(
    purpose: str, runbook: str, reports: Path | None = None, settings: Mapping[str, str] | None = None
) -> Iterator[Cutover]:
    """An environment that ends with the pipe to it, so also when this process is killed."""
    place = Place.fresh(purpose)
    with subprocess.Popen(
        [sys.executable, "-m", "flipgate.rehearsal.supervisor", place.name, runbook, "--while-stdin-lasts"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Ctrl-C reaches this process, which then ends the environment; not both at once.
        process_group=0,
    ) as process:
        told = process.stdout.readline() if process.stdout else b""
        if not told.startswith(b'{"schema"'):
            raise RehearsalError(f"the environment did not start: {told.decode() or process.wait()}")
        yield Cutover(place, runbook, reports, settings or {})
