"""One whole cutover, rehearsed: the stages run as the runbook says, with the rehearsal as the operator."""

from __future__ import annotations

import time
from dataclasses import dataclass

import typer

from flipgate.rehearsal.courses import OWNERS_WORDS, Word
from flipgate.rehearsal.cutover import ENVIRONMENT, WORDS, Cutover, environment
from flipgate.rehearsal.errors import RehearsalError
from flipgate.rehearsal.protocol import Flip, Request


@dataclass(frozen=True)
class Stage:
    """A stage to run, and what it has to come to."""

    name: str
    expected: str
    when: str = ""


@dataclass(frozen=True)
class Pack:
    """The sealed pack of the cutover so far: made, posted into the tracker, and verified."""


Entry = Stage | Request | Word | Pack

PLAYS: dict[str, tuple[tuple[Entry, ...], ...]] = {
    "org_v23": (
        (
            Stage("preflight", "GO"),
            Stage("baseline", "GO"),
            Stage("after_flip_1", "HOLD", "before the flip"),
            Request(flip=Flip("read_from_org_units", value=True)),
            Stage("after_flip_1", "HOLD", "right after the flip"),
            Request(advance_s=720),
            Stage("after_flip_1", "GO", "12 minutes after the flip"),
            Stage("shim", "GO"),
            Stage("portal", "GO"),
            Stage("before_flip_2", "GO"),
            Request(flip=Flip("cascade_4layer", value=True)),
            Stage("after_flip_2", "HOLD", "right after the flip"),
            Request(advance_s=420),
            Stage("after_flip_2", "GO", "7 minutes after the flip"),
            Stage("before_flip_3", "GO"),
            Request(flip=Flip("new_services_enabled", value=True)),
            Request(refresh="§6.3 new_services_enabled flip"),
            Stage("after_flip_3", "HOLD", "right after the flip"),
            Request(advance_s=1020),
            Stage("after_flip_3", "GO", "17 minutes after the flip"),
            Request(advance_s=86400),
            Stage("soak", "GO", "a day after the flip"),
            Stage("sign_off", "HOLD", "three boxes are people's"),
            *OWNERS_WORDS,
            Stage("sign_off", "GO", "every box is ticked"),
            Pack(),
        ),
        # The way back, in an environment of its own: what was flipped above stands.
        (
            Stage("preflight", "GO"),
            Stage("baseline", "GO"),
            Request(flip=Flip("read_from_org_units", value=True)),
            Stage("after_flip_1", "HOLD", "right after the flip"),
            Request(advance_s=720),
            Request(flip=Flip("read_from_org_units", value=False)),
            Stage("rollback", "HOLD", "right after the flip back"),
            Request(advance_s=720),
            Stage("rollback", "GO", "12 minutes after it"),
        ),
    )
}


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
        with environment("play") as cutover:
            outcomes += [outcome for entry in act if (outcome := _perform(cutover, entry))]
            reports.append(_report(cutover))
    _close(outcomes)
    typer.echo("\n".join(reports))
    return 0 if all(outcome.as_expected for outcome in outcomes) else 1


def _perform(cutover: Cutover, entry: Entry) -> Outcome | None:
    if isinstance(entry, Pack):
        return _pack(cutover)
    if isinstance(entry, Word):
        typer.echo(f"\n── flipgate attest {entry.box} --env {ENVIRONMENT}\n{cutover.attest(entry)}")
        return None
    if isinstance(entry, Request):
        if entry.advance_s:
            typer.echo(f"\n── the world ages by {entry.advance_s / 60:.0f} minutes")
        for line in cutover.do(entry).lines:
            typer.echo(f"\n── the operator: {line}")
        return None
    typer.echo(f"\n── pytest -m {entry.name} --env {ENVIRONMENT}{', ' + entry.when if entry.when else ''}")
    ended = cutover.stage(entry.name)
    return Outcome(entry, ended.verdict, ended.seconds)


def _pack(cutover: Cutover) -> Outcome:
    """Seal and verify with the suite's own commands, by a key that lives as long as this environment."""
    begun = time.monotonic()
    key = cutover.place.folder / "signing.key"
    made = cutover.command("flipgate.cli", "keys", "new", str(key), capture=True)
    typer.echo(f"\n── flipgate keys new\n{made.stdout.strip()}")
    words = ("--key", str(key), "--post", "--token", f"file:{cutover.place.folder / 'secrets' / 'tracker-token'}")
    sealed = cutover.command("flipgate.cli", "sign-off", "--env", ENVIRONMENT, *words, capture=True)
    lines = sealed.stdout.strip().splitlines()
    typer.echo("\n".join((f"\n── flipgate sign-off --env {ENVIRONMENT} --post", *lines[-3:])))
    pack = lines[-1] if lines else ""
    typer.echo(f"\n── flipgate verify {pack} --key {key.name}.pub")
    verified = cutover.command("flipgate.cli", "verify", pack, "--key", f"{key}.pub", "--env", ENVIRONMENT)
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
    told = cutover.command("flipgate.cli", "report", "--env", ENVIRONMENT, capture=True)
    lines = told.stdout.split("\n")
    return next((line for line in reversed(lines) if line.strip()), "no report was written")
