"""How does a run begin? Environment, runbook, manifest, what comes before, ledger: in this order, refusing early."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flipgate.config.load import environment, read
from flipgate.config.provision import HANDED_DOWN, Provisioned
from flipgate.core.clock import Clock
from flipgate.core.errors import Refused
from flipgate.core.verdict import Verdict
from flipgate.evidence.history import History
from flipgate.evidence.ledger import Ledger, records, refuse_second_writer
from flipgate.evidence.records import RunJudged
from flipgate.plugin.features import manifest
from flipgate.plugin.leave import leave
from flipgate.plugin.options import reports_of, runbooks_of
from flipgate.plugin.origin import origin
from flipgate.plugin.run import Run, new_run_id
from flipgate.plugin.runbook import Runbook, read_runbook
from flipgate.plugin.sentences import refuse_unspoken

if TYPE_CHECKING:
    from flipgate.plugin.command import Command

_MARGIN_S = 30.0  # one more scrape, and the time that the looks themselves take


def opened(config: pytest.Config, command: Command) -> Run:
    """Which run is this? Its environment is up and checked, what comes before was played, its ledger is open.

    Errors: Refused.
    """
    root = config.rootpath
    tree = read(command.environment, root / "environments")
    command.runbook = _runbook(config, command, tree.get("runbooks"))
    runbook = read_runbook(root / "features" / command.runbook)
    gates = manifest(command, root) if command.selection.stage else ()
    refuse_unspoken(gates)
    flipped_at = _stated_flips(config.option.flipped_at, runbook)
    folder = _folder(config, command)
    refuse_second_writer(folder / "ledger.jsonl")
    provisioned = _provisioned(command, tree.get("provision"))
    if provisioned and provisioned.ours and not config.option.collectonly:
        _play_before(config, command, runbook, provisioned)
    found = environment(command.environment, tree, provisioned.printed if provisioned else {})
    allowed = leave(found, runbook, gates, config.option)
    clock = Clock(provisioned.offset_s if provisioned else 0.0)
    ledger = command.open.enter_context(Ledger(folder / "ledger.jsonl", new_run_id(clock), clock))
    before, instance = records(ledger.path), provisioned.instance if provisioned else ""
    run = Run(
        stage=command.selection.stage,
        runbook_name=command.runbook,
        runbook=runbook,
        environment=found,
        provisioned=provisioned is not None,
        instance=instance,
        clock=clock,
        manifest=gates,
        earlier=History.of(before, found.name, instance),
        folder=folder / ledger.run,
        ledger=ledger,
        origin=origin(config, command.runbook, found.name, before),
        flipped_at=flipped_at,
        allowed=allowed,
    )
    run.begin(judging=bool(run.stage) and not config.option.collectonly)
    return run


def _folder(config: pytest.Config, command: Command) -> Path:
    return reports_of(config) / command.environment / command.runbook


def _runbook(config: pytest.Config, command: Command, hosted: object) -> str:
    known = runbooks_of(config.rootpath)
    hosts = [str(name) for name in hosted] if isinstance(hosted, list) else []
    if unknown := [name for name in hosts if name not in known]:
        raise Refused(f"{command.environment} hosts unknown runbooks {', '.join(unknown)}; known: {', '.join(known)}")
    if command.selection.runbook:
        if command.selection.runbook not in hosts:
            raise Refused(
                f"{command.environment} does not host {command.selection.runbook}; it hosts {', '.join(hosts)}"
            )
        return command.selection.runbook
    stage = command.selection.stage
    with_stage = [
        name for name in hosts if not stage or stage in read_runbook(config.rootpath / "features" / name).stages
    ]
    if len(with_stage) != 1:
        raise Refused(
            f"{command.environment} hosts {', '.join(with_stage) or 'no runbook'} with stage {stage or 'any'}; "
            f'name one: -m "{stage or "<stage>"} and <runbook>"'
        )
    return with_stage[0]


def _stated_flips(stated: list[str], runbook: Runbook) -> dict[str, str]:
    found = {}
    for text in stated:
        flag, _, moment = text.partition("=")
        try:
            zoned = datetime.fromisoformat(moment).tzinfo is not None
        except ValueError:
            zoned = False
        if flag not in runbook.flags or not zoned:
            raise Refused(
                f"--flipped-at {text!r}: FLAG=TIME is wanted, FLAG of {', '.join(runbook.flags)}, TIME with zone"
            )
        found[flag] = moment
    return found


def _provisioned(command: Command, words: object) -> Provisioned | None:
    if not words:
        return None
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise Refused(f"environments/{command.environment}.toml: provision: a list of words is wanted")
    return command.open.enter_context(Provisioned(words))


def _play_before(config: pytest.Config, command: Command, runbook: Runbook, provisioned: Provisioned) -> None:
    """Play what a stage stands on when it is run alone in a provisioned world.

    The stages before it are runs of their own. A stage that only time keeps from GO is looked at once, then the world
    ages until it is worth asking again: what an operator does by waiting.
    """
    stage = command.selection.stage
    for needed in runbook.stages[stage].needs if stage else ():
        provisioned.bring_to(needed)
        _first_look(needed, config, command, provisioned, again=True)
    if stage:
        provisioned.bring_to(stage)
        _first_look(stage, config, command, provisioned, again=False)


def _first_look(stage: str, config: pytest.Config, command: Command, provisioned: Provisioned, *, again: bool) -> None:
    """Run a stage; if time alone holds it, let that time pass (and run it again)."""
    verdict = _stage_run(stage, config, command, provisioned)
    ledger = records(_folder(config, command) / "ledger.jsonl")
    ends = [record.body for record in ledger if isinstance(record.body, RunJudged)]
    ready_at = ends[-1].ready_at if ends and verdict is Verdict.HOLD else None
    if ready_at is None:
        return
    provisioned.advance((ready_at - Clock(provisioned.offset_s).now()).total_seconds() + _MARGIN_S)
    if again:
        _stage_run(stage, config, command, provisioned)


def _stage_run(stage: str, config: pytest.Config, command: Command, provisioned: Provisioned) -> Verdict:
    words = [sys.executable, "-m", "pytest", "-m", f"{stage} and {command.runbook}", "--env", command.environment]
    sys.stdout.write(f"before it: {stage} … ")
    sys.stdout.flush()
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as handed_down:
        json.dump(provisioned.printed, handed_down)
        handed_down.flush()
        environ = {**os.environ, HANDED_DOWN: handed_down.name}
        ended = subprocess.run(words, cwd=config.rootpath, env=environ, stdout=subprocess.DEVNULL, check=False)
    verdict = next((verdict for verdict in Verdict if verdict.exit_status == ended.returncode), None)
    if verdict is None:
        raise Refused(f"{stage}, which comes before, ended with status {ended.returncode}")
    sys.stdout.write(f"{verdict.value}\n")
    return verdict
