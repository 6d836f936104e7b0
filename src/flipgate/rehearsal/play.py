"""One whole cutover, rehearsed: the stages run as the runbook says, with the rehearsal as the operator."""

from __future__ import annotations

import os
import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import typer

from flipgate.rehearsal.courses import Told, Word
from flipgate.rehearsal.cutover import REPORTS_SETTING, WORDS, Cutover, environment
from flipgate.rehearsal.errors import RehearsalError
from flipgate.rehearsal.plays import PLAYS, Entry, Pack, Stage
from flipgate.rehearsal.protocol import Request


@dataclass(frozen=True)
class Outcome:
    """What a stage came to."""

    stage: Stage
    came_out: str
    seconds: float

    @property
    def as_expected(self) -> bool:
        return self.came_out == self.stage.expected


def play(runbook: str) -> int:
    """Play the cutover of a runbook. Returns 0 where every stage came out as it has to, else 1.

    Its acts are played side by side. The first is shown as it goes, the others once it is over.
    """
    if runbook not in PLAYS:
        raise RehearsalError(f'no play is known for "{runbook}"; known: {", ".join(PLAYS)}')
    first, *others = (_Act(runbook, name, entries) for name, entries in PLAYS[runbook].items())
    first.is_shown = True
    with ThreadPoolExecutor(max(len(others), 1)) as pool:
        playing = [pool.submit(other.play) for other in others]
        try:
            first.play()
        except BaseException:
            for other in others:
                other.is_over = True
            raise
        for other, played in zip(others, playing, strict=True):
            played.result()
            typer.echo("\n".join(other.told))
    outcomes = [outcome for act in (first, *others) for outcome in act.outcomes]
    _close(outcomes)
    typer.echo("\n".join(act.report for act in (first, *others)))
    return 0 if all(outcome.as_expected for outcome in outcomes) else 1


@dataclass
class _Act:
    """One act, in an environment of its own: what it came to, what it told, where its report lies."""

    runbook: str
    name: str
    entries: tuple[Entry, ...]
    is_shown: bool = False
    is_over: bool = False
    outcomes: list[Outcome] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    report: str = ""

    def play(self) -> None:
        """Do what it says, entry by entry, until somebody sets `is_over`. Errors: RehearsalError."""
        self._tell(f"\n── {self.name}: starting an environment")
        # Two of them may not write into one ledger.
        apart = Path(os.environ.get(REPORTS_SETTING) or "reports") / self.name.replace(" ", "-")
        with environment("play", self.runbook, None if self.is_shown else apart, self._settings()) as cutover:
            for entry in self.entries:
                if self.is_over:
                    return
                outcome = self._perform(cutover, entry)
                self.outcomes += [outcome] if outcome else []
            self.report = _report(cutover)

    def _settings(self) -> dict[str, str]:
        """What is shown later looks as if it were shown at once."""
        if self.is_shown:
            return {}
        coloured = {"FORCE_COLOR": "1"} if sys.stdout.isatty() else {}
        return {"COLUMNS": str(shutil.get_terminal_size().columns), **coloured}

    def _tell(self, text: str) -> None:
        if self.is_shown:
            typer.echo(text)
        else:
            self.told.append(text)

    def _perform(self, cutover: Cutover, entry: Entry) -> Outcome | None:
        if isinstance(entry, Pack):
            return self._pack(cutover)
        if isinstance(entry, Told):
            cutover.tell(entry)
            self._tell(f"\n── the operator tells that {entry.what}")
            return None
        if isinstance(entry, Word):
            given = cutover.attest(entry)
            self._tell(f"\n── flipgate attest {entry.box} --env {cutover.environment}\n{given}")
            return None
        if isinstance(entry, Request):
            if entry.advance_s:
                self._tell(f"\n── the world ages by {entry.advance_s / 60:.0f} minutes")
            for line in cutover.do(entry).lines:
                self._tell(f"\n── the operator: {line}")
            return None
        self._tell(f"\n── pytest -m {entry.name} --env {cutover.environment}{', ' + entry.when if entry.when else ''}")
        ended = cutover.stage(entry.name, capture=not self.is_shown)
        self.told.append(ended.text.rstrip())
        return Outcome(entry, ended.verdict, ended.seconds)

    def _pack(self, cutover: Cutover) -> Outcome:
        """Seal and verify with the suite's own commands, by a key that lives as long as this environment."""
        begun = time.monotonic()
        key = cutover.place.folder / "signing.key"
        made = cutover.command("flipgate.cli", "keys", "new", str(key), capture=True)
        self._tell(f"\n── flipgate keys new\n{made.stdout.strip()}")
        words = ("--key", str(key), "--post", "--token", f"file:{cutover.place.folder / 'secrets' / 'tracker-token'}")
        sealed = cutover.command("flipgate.cli", "sign-off", "--env", cutover.environment, *words, capture=True)
        lines = sealed.stdout.strip().splitlines()
        self._tell("\n".join((f"\n── flipgate sign-off --env {cutover.environment} --post", *lines[-3:])))
        pack = lines[-1] if lines else ""
        words = (pack, "--key", f"{key}.pub", "--env", cutover.environment)
        verified = cutover.command("flipgate.cli", "verify", *words, capture=True)
        self._tell(f"\n── flipgate verify {pack} --key {key.name}.pub\n{verified.stdout.rstrip()}")
        came_out = WORDS.get(verified.returncode, f"exit status {verified.returncode}")
        return Outcome(Stage("pack", "GO", "sealed and verified"), came_out, time.monotonic() - begun)


def _close(outcomes: list[Outcome]) -> None:
    typer.echo(f"\n{'stage':14} {'when':28} {'expected':9} {'came out':16} seconds")
    for outcome in outcomes:
        stage = outcome.stage
        mark = "" if outcome.as_expected else "   <- not as expected"
        typer.echo(
            f"{stage.name:14} {stage.when:28} {stage.expected:9} {outcome.came_out:16} {outcome.seconds:7.1f}{mark}"
        )
    wrong = [outcome.stage.name for outcome in outcomes if not outcome.as_expected]
    typer.echo(f"not as expected: {', '.join(wrong)}" if wrong else "every stage came out as expected")


def _report(cutover: Cutover) -> str:
    """Where does the report over all these runs lie?"""
    told = cutover.command("flipgate.cli", "report", "--env", cutover.environment, capture=True)
    lines = told.stdout.split("\n")
    return next((line for line in reversed(lines) if line.strip()), "no report was written")
