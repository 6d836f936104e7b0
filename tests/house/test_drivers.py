"""A run pays for what it asks: a driver that no step needs is not imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.house.sources import ROOT
from tests.unit.plugin.conftest import GO, Project

DRIVERS = ("httpx", "grpc", "psycopg", "redis", "playwright", "kubernetes")
STAGE_RUN = """
import pytest
assert pytest.main(["-m", "preflight", "--env", "dev", "-p", "no:cacheprovider"]) == 0
"""
IMPORT_SENTENCES = """
import importlib, steps
for name in steps.SENTENCES:
    importlib.import_module(name)
"""
TELL = f"""
import sys
print("drivers:", [name for name in {DRIVERS} if name in sys.modules])
"""


def test_a_stage_that_asks_no_system_imports_no_driver(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.feature(GO)
    assert _told(STAGE_RUN, project.root) == "drivers: []"


def test_the_vocabulary_imports_no_driver() -> None:
    assert _told(IMPORT_SENTENCES, ROOT) == "drivers: []"


def _told(code: str, folder: Path) -> str:
    command = [sys.executable, "-c", code + TELL]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout.splitlines()[-1]
