"""A small project of its own, run by a real pytest in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from flipgate.evidence.ledger import records
from flipgate.evidence.records import GateJudged, Record

STEPS = """
from dataclasses import dataclass
from datetime import UTC, datetime

from flipgate.core.facts.tables import TableState
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.plugin.sentences import given, then, when


@gate
def rows_must_reach(its, *, rows):
    verdict = Verdict.GO if its.value.rows >= rows else Verdict.STOP
    return Judgement(verdict, "rows", f"{its.value.rows} rows", f"at least {rows}")


def table(rows):
    return Observation(TableState("t", True, rows, None), "rows", "fake", ("select",), datetime.now(UTC))


@given("the table has at least {rows:count} rows of {seen:count}")
def _(scene, rows, seen):
    return rows_must_reach(scene.see(table(seen)), rows=rows)


@when("a table of {rows:count} rows is read")
def _(rows):
    return table(rows)


@when("the reading crashes with {error:name}")
def _(error):
    import builtins
    raise getattr(builtins, error)("no \\x1b[2Jluck")


@then("it has at least {rows:count} rows")
def _(its, rows):
    return rows_must_reach(its, rows=rows)
"""
RUNBOOK = """
title = "Demo"
tracker = "1"
flags = ["a_flag"]
[stages.preflight]
next = "flip by hand: SET a_flag true"
[stages.soak]
"""
HEAD = "@demo @preflight @section:1 @owner:founder\nFeature: Rows\n\n"
GO = """  Scenario: Enough rows
    STOP: add rows.

    When a table of 5 rows is read
    Then it has at least 5 rows
"""


@dataclass(frozen=True)
class Outcome:
    """What a run ended with: status, terminal text, and the ledger's records."""

    status: int
    text: str
    records: tuple[Record, ...]


class Project:
    """A project with one runbook and one environment that has no systems."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "features" / "demo").mkdir(parents=True)
        (root / "features" / "demo" / "runbook.toml").write_text(RUNBOOK)
        (root / "environments").mkdir()
        (root / "environments" / "dev.toml").write_text('name = "dev"\ntier = "dev"\nrunbooks = ["demo"]\n')
        (root / "demo_steps.py").write_text(STEPS)
        (root / "conftest.py").write_text(
            "from flipgate.plugin import PLUGINS\npytest_plugins = [*PLUGINS, 'demo_steps']\n"
        )
        (root / "pyproject.toml").write_text(
            '[tool.pytest]\naddopts = ["--import-mode=importlib", "--strict-markers"]\npythonpath = ["."]\n'
            'testpaths = ["tests"]\n'
        )
        (root / "tests").mkdir()
        (root / "tests" / "test_own.py").write_text("def test_own():\n    assert True is not False\n")

    def feature(self, text: str, name: str = "rows", head: str = HEAD) -> None:
        (self.root / "features" / "demo" / f"{name}.feature").write_text(head + text)

    def step(self, keyword: str, text: str, body: str) -> None:
        """Add a sentence to the project's vocabulary."""
        with (self.root / "demo_steps.py").open("a") as steps:
            steps.write(f'\n\n@{keyword}("{text}")\ndef _():\n    {body}\n')

    @property
    def ledger(self) -> Path:
        return self.root / "reports" / "dev" / "demo" / "ledger.jsonl"

    def judged(self) -> list[Record]:
        return [record for record in records(self.ledger) if isinstance(record.body, GateJudged)]

    def start(self, *words: str, python: tuple[str, ...] = (), **environ: str) -> subprocess.Popen[str]:
        # In the background of a shell Ctrl-C is ignored, and a child would inherit that.
        return subprocess.Popen(
            ["/usr/bin/env", "--default-signal=INT", sys.executable, *python, "-m", "pytest", *words],
            cwd=self.root,
            env={"PATH": "/usr/bin:/bin", "HOME": str(self.root), **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str, python: tuple[str, ...] = (), **environ: str) -> Outcome:
        started = self.start(*words, python=python, **environ)
        text, _ = started.communicate()
        return Outcome(started.returncode, text, records(self.ledger))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)
