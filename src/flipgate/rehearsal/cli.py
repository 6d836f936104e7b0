"""`flipgate-rehearsal`: the rehearsal environment from the command line, for a person and for the suite's provision."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import msgspec
import typer

from flipgate.rehearsal.catalogue import OPS_VIEW, ORG_V23
from flipgate.rehearsal.errors import ComponentMissing, RehearsalError
from flipgate.rehearsal.place import Place, chosen_name
from flipgate.rehearsal.platforms import must_be_known, world_of
from flipgate.rehearsal.protocol import FaultChange, Flip, Request, ask

if TYPE_CHECKING:
    from collections.abc import Iterable

_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DOWN_S = 15.0


class _Started(msgspec.Struct, frozen=True):
    endpoints: dict[str, dict[str, object]] = {}
    error: str = ""


Runbook = Annotated[str, typer.Option("--runbook", metavar="NAME", help="whose platform is rehearsed")]

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


def _seconds(text: str) -> float:
    """How many seconds are `12m`, `24h`, `90s` or `1h30m`?"""
    if not re.fullmatch(r"(\d+[smhd])+", text):
        raise typer.BadParameter(f'"{text}" is no span of time; write 90s, 12m, 24h or 1h30m')
    return float(sum(int(number) * _UNITS_S[unit] for number, unit in re.findall(r"(\d+)([smhd])", text)))


@app.command()
def up(runbook: Runbook = ORG_V23) -> None:
    """Start the environment; it stays until `down`."""
    _require_components()
    place = _place(runbook)
    if place.answers():
        raise RehearsalError(f'a rehearsal "{place.name}" is up already; end it with: flipgate-rehearsal down')
    # A file, not this command's own stderr: whoever waits for the end of that does not wait for the rehearsal's.
    with tempfile.TemporaryFile() as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "flipgate.rehearsal.supervisor", place.name, runbook],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
        )
        try:
            line = process.stdout.readline() if process.stdout else b""
        except KeyboardInterrupt:
            process.send_signal(signal.SIGTERM)
            process.wait()
            raise
        told = msgspec.json.decode(line or b"{}", type=_Started)
        if not told.endpoints:
            stderr.seek(0)
            ended = f"the environment did not start (exit status {process.wait()}): {stderr.read().decode()}"
            raise RehearsalError(told.error or ended)
    _print(_greeting(told.endpoints, place.folder, runbook))


@app.command()
def down(runbook: Runbook = ORG_V23) -> None:
    """End the environment: no process, port or folder is left."""
    place = _place(runbook)
    ask(place, Request(ask="down"))
    deadline = time.monotonic() + _DOWN_S
    while place.folder.exists():
        if time.monotonic() > deadline:
            raise RehearsalError(f"{place.folder} is still there after {_DOWN_S:.0f} s")
        time.sleep(0.02)
    _print(["gone"])


@app.command()
def status(runbook: Runbook = ORG_V23) -> None:
    """Show how far the world has aged, its flags and its processes."""
    _ask(runbook, Request(ask="status"))


@app.command()
def flip(name: str, value: Annotated[str, typer.Argument(help="true or false")], runbook: Runbook = ORG_V23) -> None:
    """Flip a flag platform-wide, as the operator does by hand."""
    if value not in ("true", "false"):
        raise typer.BadParameter(f'a flag is true or false, not "{value}"')
    _ask(runbook, Request(flip=Flip(name, value == "true")))


@app.command()
def refresh(reason: Annotated[str, typer.Argument()] = "after a flip", runbook: Runbook = ORG_V23) -> None:
    """Make every process drop its flag cache, as the operator does by hand (§13)."""
    _ask(runbook, Request(refresh=reason))


@app.command()
def backup(reason: Annotated[str, typer.Argument()] = "before a flip", runbook: Runbook = OPS_VIEW) -> None:
    """Take a backup, as the operator does by hand."""
    _ask(runbook, Request(backup=reason))


@app.command()
def advance(span: Annotated[str, typer.Argument(help="such as 90s, 12m or 24h")], runbook: Runbook = ORG_V23) -> None:
    """Let the world age."""
    _ask(runbook, Request(advance_s=_seconds(span)))


@app.command()
def fault(
    name: str,
    *,
    undo: Annotated[bool, typer.Option("--undo", help="take it back")] = False,
    seed: Annotated[int, typer.Option(help="of what it chooses by lot")] = 0,
    runbook: Runbook = ORG_V23,
) -> None:
    """Break the environment in one way."""
    _ask(runbook, Request(fault=FaultChange(name, undo=undo, seed=seed)))


@app.command("faults")
def try_faults(
    *,
    listed: Annotated[bool, typer.Option("--list", help="only list them")] = False,
    stage: Annotated[str, typer.Option(help="only the trials of this stage")] = "",
    name: Annotated[list[str] | None, typer.Option("--fault", help="only this one; may be given again")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="how often each trial is made")] = 1,
    page: Annotated[Path, typer.Option(help="where the table goes")] = Path("reports/faults.md"),
    runbook: Runbook = ORG_V23,
) -> None:
    """Try every fault and look-alike on running environments: which gate says what of it?"""
    from flipgate.rehearsal import faults

    known = faults.catalogue(runbook)
    chosen = [faults.named(one, runbook) for one in name] if name else known
    if listed:
        width = max(len(fault.name) for fault in chosen)
        _print(f"{fault.name:{width}}  {' '.join(fault.rows):8}  {fault.about}" for fault in chosen)
        return
    _require_components()
    from flipgate.rehearsal import matrix, matrix_page

    wanted = matrix.jobs(chosen, stage, seeds)
    if not wanted:
        raise RehearsalError(f'no trial is made at the stage "{stage}" of what was asked for')
    with matrix_page.kept(page, len(wanted), known, _print) as tell, tempfile.TemporaryDirectory() as ledgers:
        outcomes = matrix.run(wanted, Path(ledgers), tell)
    raise typer.Exit(int(any(outcome.wrong for outcome in outcomes)))


@app.command()
def provision(runbook: Runbook = ORG_V23) -> None:
    """For the suite: print the endpoints as JSON, take requests on stdin, end with it; attach where `up` runs."""
    place = _place(runbook)
    if place.answers():
        described = ask(place, Request(ask="endpoints")).endpoints
        _print([msgspec.json.encode(described).decode()])
        return
    _require_components()
    from flipgate.rehearsal import supervisor

    supervisor.hold(Place.fresh(), runbook, parent=sys.stdin.fileno())


@app.command()
def play(runbook: Annotated[str, typer.Argument()] = ORG_V23) -> None:
    """Rehearse a cutover from preflight to rollback, with this command as the operator."""
    from flipgate.rehearsal import play as rehearsed

    _require_components()
    raise typer.Exit(rehearsed.play(runbook))


def _place(runbook: str) -> Place:
    """Where the environment of a runbook is up, unless a name says another place."""
    must_be_known(runbook)
    return Place(chosen_name("" if runbook == ORG_V23 else runbook))


def _ask(runbook: str, request: Request) -> None:
    reply = ask(_place(runbook), request)
    _print(reply.lines)
    if reply.clock and request.advance_s:
        _print([f"the world has aged by {reply.clock.offset_s:.0f} s in all"])


def _require_components() -> None:
    from flipgate.rehearsal.components import programs

    if sentences := programs.missing():
        raise ComponentMissing("\n".join(sentences))


def _greeting(endpoints: dict[str, dict[str, object]], folder: Path, runbook: str) -> list[str]:
    kind, lines = world_of(runbook), []
    which = "" if runbook == ORG_V23 else f" --runbook {runbook}"
    for name, facts in endpoints.items():
        told = ", ".join(" ".join(map(str, fact)) if isinstance(fact, list) else str(fact) for fact in facts.values())
        lines.append(f"{name:16} {told}")
    return [
        *lines,
        f"{'folder':16} {folder}",
        "",
        f"run a stage:     pytest -m preflight --env {kind.environment}",
        f"flip a flag:     flipgate-rehearsal flip {kind.a_flip}{which}",
        f"let time pass:   flipgate-rehearsal advance 12m{which}",
        f"end:             flipgate-rehearsal down{which}",
    ]


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def main() -> NoReturn:
    """The command; what cannot be done is one sentence and exit status 2."""
    try:
        app()
    except RehearsalError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(2) from None
    raise SystemExit(0)


if __name__ == "__main__":
    main()
