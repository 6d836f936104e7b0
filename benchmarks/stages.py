"""What does a stage run cost beside plain pytest?

Ten gates that do nothing, found among 1,000 scenarios in 100 feature files, against ten plain test functions: same
interpreter, same installed plugins, one process each, run in turns so that a slow moment of the machine meets both. The
ratio is the median of those of the turns.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.row import Row

FILES, SCENARIOS, GATES, RUNS = 100, 10, 10, 15
BOUND = 1.5

STEPS = '''
from datetime import UTC, datetime

from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.plugin.sentences import then, when


@gate
def value_must_be_there(its):
    return Judgement(Verdict.GO if its.value else Verdict.STOP, "value", "there", "there")


@when("nothing is read")
def _():
    """Nothing."""
    return Observation(1, "values", "nowhere", ("nothing",), datetime.now(UTC))


@then("it is there")
def _(its):
    """Something."""
    return value_must_be_there(its)
'''
SCENARIO = """
  @{stage}
  Scenario: Value {number} is there
    HOLD: look again.

    When nothing is read
    Then it is there
"""
SETTINGS = """
[tool.pytest]
addopts = ["--import-mode=importlib", "--strict-markers"]
pythonpath = ["."]
testpaths = ["tests"]
"""
PLAIN = "".join(f"def test_value_{number}_is_there():\n    assert {number + 1}\n\n" for number in range(GATES))


def run() -> list[Row]:
    """How many times as long as plain pytest does a stage run take? Gates in one file, and one in each of ten."""
    return [
        _compared("in one feature file", together=True),
        _compared("one in each of ten feature files", together=False),
    ]


def _compared(layout: str, *, together: bool) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        gates, plain = Path(folder, "gates"), Path(folder, "plain")
        _write_gates(gates, together=together)
        _write_plain(plain)
        stage = ("-m", "preflight", "--env", "dev")
        pairs = [(_timed_s(gates, *stage), _timed_s(plain)) for _ in range(RUNS + 1)][1:]  # the first fills caches
    ratio = median(gate_s / plain_s for gate_s, plain_s in pairs)
    gate_s, plain_s = (median(times_s) for times_s in zip(*pairs, strict=True))
    name = f"stage run of {GATES} gates, {layout}, to plain pytest"
    return Row(name, ratio, BOUND, f"{gate_s * 1000:.0f} ms to {plain_s * 1000:.0f} ms, medians of {RUNS} turns")


def _write_gates(root: Path, *, together: bool) -> None:
    features = root / "features" / "demo"
    features.mkdir(parents=True)
    stages = '[stages.preflight]\nnext = "flip"\n[stages.soak]\n'
    (features / "runbook.toml").write_text(f'title = "Demo"\ntracker = "1"\nflags = ["a_flag"]\n{stages}')
    for file in range(FILES):
        text = "@demo @section:1 @owner:founder\nFeature: Values\n"
        for place in range(SCENARIOS):
            wanted = file == 0 if together else file < GATES and place == 0
            text += SCENARIO.format(stage="preflight" if wanted else "soak", number=file * SCENARIOS + place)
        (features / f"values_{file}.feature").write_text(text)
    (root / "environments").mkdir()
    (root / "environments" / "dev.toml").write_text('name = "dev"\ntier = "dev"\nrunbooks = ["demo"]\n')
    (root / "demo_steps.py").write_text(STEPS)
    (root / "conftest.py").write_text(
        "from flipgate.plugin import PLUGINS\npytest_plugins = [*PLUGINS, 'demo_steps']\n"
    )
    (root / "pyproject.toml").write_text(SETTINGS)


def _write_plain(root: Path) -> None:
    (root / "tests").mkdir(parents=True)
    (root / "tests" / "test_values.py").write_text(PLAIN)
    (root / "pyproject.toml").write_text(SETTINGS)


def _timed_s(root: Path, *words: str) -> float:
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    begun = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *words],
        cwd=root,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    took_s = time.perf_counter() - begun
    if ended.returncode != 0:
        raise RuntimeError(f"{' '.join(ended.args)} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
    return took_s
