"""One whole cutover, rehearsed: the stages run as the runbook says, with the rehearsal as the operator."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from flipgate.rehearsal.errors import RehearsalError
from flipgate.rehearsal.place import NAME_SETTING, Place
from flipgate.rehearsal.protocol import Flip, Request, ask

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORDS = {0: "GO", 10: "HOLD", 20: "STOP", 30: "refused"}
_ENVIRONMENT = "rehearsal"


@dataclass(frozen=True)
class Stage:
    """A stage to run, and what it has to come to."""

    name: str
    expected: str
    when: str = ""


Entry = Stage | Request

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
        place = Place.fresh("play")
        with _environment(place):
            outcomes += [outcome for entry in act if (outcome := _perform(place, entry))]
            reports.append(_report(place))
    _close(outcomes)
    typer.echo("\n".join(reports))
    return 0 if all(outcome.as_expected for outcome in outcomes) else 1


@contextlib.contextmanager
def _environment(place: Place) -> Iterator[None]:
    """An environment of this play's own; it ends with the pipe to it, so also when this process is killed."""
    typer.echo("starting an environment")
    with subprocess.Popen(
        [sys.executable, "-m", "flipgate.rehearsal.supervisor", place.name, "--while-stdin-lasts"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Ctrl-C reaches this process, which then ends the environment; not both at once.
        process_group=0,
    ) as process:
        if process.stdout is None or not process.stdout.readline().startswith(b'{"schema"'):
            raise RehearsalError("the environment did not start")
        yield


def _perform(place: Place, entry: Entry) -> Outcome | None:
    if isinstance(entry, Request):
        if entry.advance_s:
            typer.echo(f"\n── the world ages by {entry.advance_s / 60:.0f} minutes")
        for line in ask(place, entry).lines:
            typer.echo(f"\n── the operator: {line}")
        return None
    typer.echo(f"\n── pytest -m {entry.name} --env {_ENVIRONMENT}{', ' + entry.when if entry.when else ''}")
    begun = time.monotonic()
    status = _suite(place, "pytest", "-m", entry.name, "--env", _ENVIRONMENT).returncode
    return Outcome(entry, _WORDS.get(status, f"exit status {status}"), time.monotonic() - begun)


def _suite(place: Place, module: str, *words: str, capture: bool = False) -> subprocess.CompletedProcess[str]:
    """Run a command of the suite against this play's environment; its output is shown, or captured."""
    return subprocess.run(
        [sys.executable, "-m", module, *words],
        env={**os.environ, NAME_SETTING: place.name},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if capture else None,
        text=True,
        check=False,
    )


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


def _report(place: Place) -> str:
    """Where does the report over all these runs lie?"""
    told = _suite(place, "flipgate.cli", "report", "--env", _ENVIRONMENT, capture=True)
    lines = told.stdout.split("\n")
    return next((line for line in reversed(lines) if line.strip()), "no report was written")
