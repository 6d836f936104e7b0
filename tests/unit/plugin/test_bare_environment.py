"""An environment that has no system at all can answer nothing: every stage of every runbook is HOLD, gate by gate."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from flipgate.core.verdict import Verdict
from flipgate.evidence.ledger import records
from flipgate.evidence.records import GateJudged

ROOT = Path(__file__).parents[3]
STAGES = [
    (path.parent.name, stage)
    for path in sorted((ROOT / "features").glob("*/runbook.toml"))
    for stage in tomllib.loads(path.read_text())["stages"]
]
# Whoever writes is asked for leave before anything else: it is given, so that the gates are asked.
BARE = 'name = "bare"\ntier = "dev"\nrunbooks = {}\nwrites = "allowed"\ntest_records = ["one"]\n'


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("bare")
    for folder in ("features", "steps"):
        shutil.copytree(ROOT / folder, root / folder)
    for file in ("conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / file, root / file)
    (root / "environments").mkdir()
    hosted = sorted({runbook for runbook, _ in STAGES})
    (root / "environments" / "bare.toml").write_text(BARE.format(hosted))
    return root


@pytest.mark.parametrize(("runbook", "stage"), STAGES)
def test_every_gate_of_every_stage_is_hold(project: Path, runbook: str, stage: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", f"{stage} and {runbook}", "--env", "bare"],
        cwd=project,
        env={**os.environ, "FLIPGATE_REPORTS": "reports"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 10, ended.stdout + ended.stderr
    assert "has no [" in ended.stdout or "none agreed" in ended.stdout or "nobody knows" in ended.stdout
    ledger = records(project / "reports" / "bare" / runbook / "ledger.jsonl")
    last = [record for record in ledger if record.run == ledger[-1].run]
    judged = [record.body.verdict for record in last if isinstance(record.body, GateJudged)]
    assert judged
    assert set(judged) == {Verdict.HOLD}
