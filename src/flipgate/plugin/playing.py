"""What is done around the steps that pytest-bdd plays?"""

from __future__ import annotations

import pytest

from flipgate.core.verdict import Verdict
from flipgate.evidence.records import GateJudged
from flipgate.plugin.command import COMMAND
from flipgate.plugin.features import GateItem


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """A scenario that was cut short (an undefined sentence, a skip, an interrupt) is recorded for what it is: HOLD."""
    command = item.config.stash.get(COMMAND, None)
    if not isinstance(item, GateItem) or command is None or command.run is None:
        return
    run = command.run
    if item.gate.id in run.judged():
        return
    ran = {step.index for step in run.steps_of(item.gate)}
    missing = tuple(index for index in range(len(item.gate.steps)) if index not in ran)
    run.record(GateJudged(item.gate.id, Verdict.HOLD, missing))
