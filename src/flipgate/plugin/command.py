"""From a command line to an exit status: what is asked, is it allowed, and what came out?

Exit status of a run that touches gates: 0 GO, 10 HOLD, 20 STOP, 30 refused. It is computed from the ledger, after
pytest has ended however it ended; pytest's own codes never mean GO.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from flipgate.core.errors import Refused, visible
from flipgate.core.redaction import redacted
from flipgate.core.verdict import REFUSED_STATUS, Verdict
from flipgate.plugin.options import FEATURES, runbooks_of
from flipgate.plugin.run import Run
from flipgate.plugin.smoke import FOLDER, SMOKE, Smoke, refuse_unnamed
from flipgate.plugin.stages import Selection, refuse_unknown_words, selection
from flipgate.plugin.supervision import Judging, supervised

DEFAULT_ENVIRONMENT = "rehearsal"


@dataclass
class Command:
    """What this command line asks for, and the run (or the smoke tests) that came of it.

    `open` is closed when the run has ended.
    """

    selection: Selection
    environment: str
    runbook: str = ""
    run: Run | None = None
    smoke: Smoke | None = None
    judging: Judging | None = None
    open: ExitStack = field(default_factory=ExitStack)


COMMAND = pytest.StashKey[Command]()


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Refuse, before any gate, what cannot be judged; else open the run."""
    if config.option.help or config.option.version or hasattr(config, "workerinput"):
        return None
    try:
        return _prepare(config)
    except (Refused, OSError) as refused:
        sys.stderr.write(redacted(f"refused: {refused}\n"))
        return REFUSED_STATUS


@pytest.hookimpl(wrapper=True, tryfirst=True, specname="pytest_cmdline_main")
def pytest_end_of_command(config: pytest.Config) -> Generator[None, int | None, int | None]:
    """Turn whatever pytest says into the verdict that the ledger holds."""
    try:
        code = yield
        command = config.stash.get(COMMAND, None)
        if command and command.judging:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # pressed again, it would take the run's end from the ledger
        code = _status(config, code)
        if command and command.judging and code is not None:
            command.judging.tell(code)
        return code
    finally:
        if command := config.stash.get(COMMAND, None):
            command.open.close()


def _status(config: pytest.Config, code: int | None) -> int | None:
    command = config.stash.get(COMMAND, None)
    if command is None or not command.selection.touches_gates or code == REFUSED_STATUS:
        return code
    if command.smoke is not None:
        sys.stdout.write(f"\n{command.smoke.told()}\n")
        return command.smoke.verdict.exit_status
    try:
        return _verdict_status(config, command, code)
    except OSError as error:
        sys.stderr.write(f"\nHOLD  the ledger could not be written to its end: {error}; make room, run this again\n")
        return Verdict.HOLD.exit_status


def _prepare(config: pytest.Config) -> int | None:
    """Open the run, in a process of its own; what is returned is how that ended, or None inside it."""
    runbooks = runbooks_of(config.rootpath)
    markers = config.option.markexpr or ""
    refuse_unknown_words(markers, frozenset(_registered(config)), runbooks)
    chosen = _selection(config, markers, runbooks)
    command = Command(chosen, _environment_name(config, chosen))
    if chosen.touches_gates:
        _refuse_wrong_use(config)
        side = supervised()
        if isinstance(side, int):
            return side
        command.judging = side
    config.stash[COMMAND] = command
    if chosen.stage == SMOKE:
        command.smoke = Smoke()
        config.pluginmanager.register(command.smoke)
    elif chosen.touches_gates:
        from flipgate.plugin.opening import opened  # a run of the suite's own tests needs none of it

        command.run = opened(config, command)
    return None


def _selection(config: pytest.Config, markers: str, runbooks: tuple[str, ...]) -> Selection:
    given = config.args_source is pytest.Config.ArgsSource.ARGS
    features = config.rootpath / FEATURES
    paths = [(config.invocation_params.dir / arg.split("::")[0]).resolve() for arg in config.args] if given else []
    names_features = any(path.is_relative_to(features) or features.is_relative_to(path) for path in paths)
    narrowed = given or bool(config.option.keyword)
    chosen = selection(markers, narrowed=narrowed, names_features=names_features, runbooks=runbooks)
    if chosen.touches_gates and not given:
        config.args = [str(config.rootpath / FOLDER if chosen.stage == SMOKE else features)]
    return chosen


def _environment_name(config: pytest.Config, chosen: Selection) -> str:
    if chosen.stage == SMOKE:
        refuse_unnamed(os.environ)
        return ""
    named = config.option.env or os.environ.get("FLIPGATE_ENV")
    if not named and chosen.touches_gates and os.environ.get("CI") == "true":
        raise Refused("in CI the environment is named: --env NAME or FLIPGATE_ENV; the rehearsal is --env rehearsal")
    return named or DEFAULT_ENVIRONMENT


def _refuse_wrong_use(config: pytest.Config) -> None:
    if not __debug__:
        raise Refused("python -O removes checks; run without it (PYTHONOPTIMIZE too)")
    if getattr(config.option, "numprocesses", None) or getattr(config.option, "dist", "no") != "no":
        raise Refused("a stage is judged in one process: run it without -n and --dist")


def _registered(config: pytest.Config) -> list[str]:
    return [line.split(":")[0].split("(")[0].strip() for line in config.getini("markers")]


def _verdict_status(config: pytest.Config, command: Command, code: int | None) -> int:
    run = command.run
    if run is None:
        return REFUSED_STATUS
    judged = run.end(_reasons(config, command, code))
    from flipgate.plugin.terminal import show_end

    show_end(config, run, judged, _report(run))
    return max(judged.verdict.exit_status, Verdict.HOLD.exit_status if command.selection.exploratory else 0)


def _report(run: Run) -> str:
    """Where does the report lie? Making it cannot change the verdict: what goes wrong is said in its place."""
    from flipgate.evidence.report import written

    try:
        path = written(run.ledger.path, run.id, run.folder)
    except Exception as error:
        return f"could not be written: {visible(str(error))}; the ledger is whole: {run.ledger.path}"
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _reasons(config: pytest.Config, command: Command, code: int | None) -> tuple[str, ...]:
    found = []
    if command.selection.exploratory:
        found.append("exploratory: this selection is no stage run, so it has no stage verdict")
    if config.option.collectonly:
        found.append("only collected: nothing was judged")
    elif command.run is not None:
        found += _edited(config, command.run)
    if code == pytest.ExitCode.INTERRUPTED:
        found.append("interrupted: what was judged before stays")
    elif not config.option.collectonly and code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        found.append(f"pytest ended with {code}")
    return tuple(found)


def _edited(config: pytest.Config, run: Run) -> list[str]:
    """Was what judges edited since the run began? Some gates were judged by the one text, some by the other."""
    from flipgate.plugin.origin import digests

    before, now = run.origin.digests, digests(config.rootpath, run.runbook_name, run.environment.name)
    changed = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    return [f"what judges was edited while the stage ran: {', '.join(changed)}; run it again"] if changed else []
