"""A run that is killed anywhere loses nothing that it showed and is never GO; two operators never mix."""

from __future__ import annotations

import random
import re
import time
from itertools import groupby
from pathlib import Path

import pytest

from flipgate.core.verdict import Verdict
from flipgate.evidence.account import accounts
from flipgate.evidence.history import History
from flipgate.evidence.ledger import lines, records
from flipgate.evidence.records import GateJudged, Record, RunJudged
from tests.unit.plugin.conftest import GO, Project
from tests.unit.plugin.forked import stage_run

KILLS, PAIRS, IN_A_ROW = 200, 200, 20
GATES = "".join(
    f"""
  Scenario: Enough rows in table {number}
    STOP: add rows.

    When a table of 5 rows is read
    Then it has at least 5 rows
"""
    for number in range(6)
)
SHOWN = re.compile(r"^(?:GO|HOLD|STOP) +§1 (.*)$", re.MULTILINE)


@pytest.fixture
def projects(tmp_path: Path) -> list[Project]:
    """A ledger that is killed again and again grows; a fresh one now and then keeps the next run short."""
    made = [Project(tmp_path / str(number)) for number in range(KILLS // IN_A_ROW)]
    for project in made:
        project.feature(GATES)
    return made


def test_a_run_killed_at_200_random_points_loses_nothing_it_showed_and_is_never_go(projects: list[Project]) -> None:
    points, took_s = random.Random(7), _took_s(projects[0])  # noqa: S311  no secret
    cut_short = 0
    for number in range(KILLS):
        project = projects[number // IN_A_ROW]
        shown, before = project.root / f"shown-{number}", len(records(project.ledger))
        run = stage_run(project.root, shown)
        run.join(points.uniform(0, took_s))
        run.kill()
        run.join()
        own = records(project.ledger)[before:]
        _nothing_shown_is_lost(shown.read_text() if shown.exists() else "", own)
        cut_short += _never_go(own)
    assert cut_short >= KILLS // 10
    for project in projects:
        assert [line.chained for line in lines(project.ledger) if line.record is not None].count(False) == 0
        assert project.run("-m", "preflight", "--env", "dev").status == 0


def test_of_200_pairs_of_operators_no_record_is_mixed(tmp_path: Path) -> None:
    refused = 0
    for number in range(PAIRS // IN_A_ROW):
        project = Project(tmp_path / str(number))
        project.feature(GO)
        refused += sum(_pair(project, turn) for turn in range(IN_A_ROW))
        assert all(line.chained for line in lines(project.ledger))
        for _, own in groupby(records(project.ledger), key=lambda record: record.run):
            bodies = list(own)
            assert [record.seq for record in bodies] == list(range(len(bodies)))
            assert isinstance(bodies[-1].body, RunJudged)
        runs = [record.run for record in records(project.ledger) if record.seq == 0]
        assert len(runs) == len(set(runs))
    assert refused >= PAIRS // 10


def _pair(project: Project, turn: int) -> int:
    """Two operators at once: how many of them were refused?"""
    shown = [project.root / f"shown-{turn}-{who}" for who in range(2)]
    operators = [stage_run(project.root, path) for path in shown]
    for operator in operators:
        operator.join()
    statuses = sorted(operator.exitcode or 0 for operator in operators)
    assert statuses in ([0, 0], [0, 30]), [path.read_text() for path in shown]
    told = [path.read_text() for operator, path in zip(operators, shown, strict=True) if operator.exitcode == 30]
    assert all("another run is writing this ledger" in text for text in told)
    return len(told)


def _took_s(project: Project) -> float:
    """How long does a whole run take here and now? The first one fills caches."""
    for name in ("first", "second"):
        began = time.monotonic()
        run = stage_run(project.root, project.root / name)
        run.join()
        assert run.exitcode == 0, (project.root / name).read_text()
    return time.monotonic() - began


def _nothing_shown_is_lost(shown: str, own: tuple[Record, ...]) -> None:
    judged = {record.body.gate.partition("::")[2] for record in own if isinstance(record.body, GateJudged)}
    assert set(SHOWN.findall(shown)) <= judged
    assert ("GO  demo preflight on dev" in shown) <= any(isinstance(record.body, RunJudged) for record in own)


def _never_go(own: tuple[Record, ...]) -> bool:
    """Was this run cut short between its first record and its last? Then nobody takes it for a GO."""
    if not own or any(isinstance(record.body, RunJudged) for record in own):
        return False
    assert History.of(own, "dev", "").stage("preflight").verdict == "HOLD"
    assert [account.verdict for account in accounts(own)] == [Verdict.HOLD]
    return True
