"""One whole cutover, rehearsed: the stages run as the runbook says, with the rehearsal as the operator."""

from __future__ import annotations

import time
from dataclasses import dataclass

import typer

from flipgate.rehearsal.courses import Told, Word
from flipgate.rehearsal.cutover import WORDS, Cutover, environment
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
    """Play the cutover of a runbook, act by act. Returns 0 where every stage came out as it has to, else 1."""
    if runbook not in PLAYS:
        raise RehearsalError(f'no play is known for "{runbook}"; known: {", ".join(PLAYS)}')
    outcomes: list[Outcome] = []
    reports = []
    for act in PLAYS[runbook]:
        typer.echo("starting an environment")
        with environment("play", runbook) as cutover:
            outcomes += [outcome for entry in act if (outcome := _perform(cutover, entry))]
            reports.append(_report(cutover))
    _close(outcomes)
    typer.echo("\n".join(reports))
    return 0 if all(outcome.as_expected for outcome in outcomes) else 1


def _perform(cutover: Cutover, entry: Entry) -> Outcome | None:
    if isinstance(entry, Pack):
        return _pack(cutover)
    if isinstance(entry, Told):
        cutover.tell(entry)
        typer.echo(f"\n── the operator tells that {entry.what}")
        return None
    if isinstance(entry, Word):
        given = cutover.attest(entry)
        typer.echo(f"\n── flipgate attest {entry.box} --env {cutover.environment}\n{given}")
        return None
    if isinstance(entry, Request):
        if entry.advance_s:
            typer.echo(f"\n── the world ages by {entry.advance_s / 60:.0f} minutes")
        for line in cutover.do(entry).lines:
            typer.echo(f"\n── the operator: {line}")
        return None
    typer.echo(f"\n── pytest -m {entry.name} --env {cutover.environment}{', ' + entry.when if entry.when else ''}")
    ended = cutover.stage(entry.name)
    return Outcome(entry, ended.verdict, ended.seconds)


def _pack(cutover: Cutover) -> Outcome:
    """Seal and verify with the suite's own commands, by a key that lives as long as this environment."""
    begun = time.monotonic()
    key = cutover.place.folder / "signing.key"
    made = cutover.command("flipgate.cli", "keys", "new", str(key), capture=True)
    typer.echo(f"\n── flipgate keys new\n{made.stdout.strip()}")
    words = ("--key", str(key), "--post", "--token", f"file:{cutover.place.folder / 'secrets' / 'tracker-token'}")
    sealed = cutover.command("flipgate.cli", "sign-off", "--env", cutover.environment, *words, capture=True)
    lines = sealed.stdout.strip().splitlines()
    typer.echo("\n".join((f"\n── flipgate sign-off --env {cutover.environment} --post", *lines[-3:])))
    pack = lines[-1] if lines else ""
    typer.echo(f"\n── flipgate verify {pack} --key {key.name}.pub")
    verified = cutover.command("flipgate.cli", "verify", pack, "--key", f"{key}.pub", "--env", cutover.environment)
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
