"""What a stage run collects is what the text holds: not one scenario less, not one more."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from flipgate.plugin.stages import STAGES
from tests.house.sources import ROOT, Scenario, scenarios

BARE = 'name = "bare"\ntier = "dev"\nrunbooks = [{}]\nwrites = "allowed"\ntest_records = ["one"]\n'
STAGE_RUNS = sorted({(s.path.parent.name, tag) for s in scenarios() for tag in s.tags if tag in STAGES})


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The features and sentences, in an environment that has no systems: only the text is looked at."""
    root = tmp_path_factory.mktemp("project")
    for folder in ("features", "steps"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, root / name)
    hosted = ", ".join(sorted({f'"{runbook}"' for runbook, _ in STAGE_RUNS}))
    (root / "environments").mkdir()
    (root / "environments" / "bare.toml").write_text(BARE.format(hosted))
    return root


@pytest.mark.parametrize(("runbook", "stage"), STAGE_RUNS)
def test_a_stage_collects_every_scenario_of_its_text(project: Path, runbook: str, stage: str) -> None:
    collected = _collected(project, "-m", f"{stage} and {runbook}")
    written = [_id(scenario) for scenario in scenarios() if {stage, runbook} <= set(scenario.tags)]
    assert sorted(collected) == sorted(written)


def test_no_scenario_stands_outside_every_stage() -> None:
    assert [s for s in scenarios() if not set(STAGES) & set(s.tags)] == []


def _collected(project: Path, *words: str) -> list[str]:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--collect-only",
        "-q",
        "-p",
        "no:cacheprovider",
        "--env",
        "bare",
        *words,
    ]
    ended = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert ended.returncode == 10, ended.stdout + ended.stderr
    return [line for line in ended.stdout.splitlines() if ".feature::" in line]


def _id(scenario: Scenario) -> str:
    return f"{scenario.path.relative_to(ROOT).as_posix()}::{scenario.title}"
