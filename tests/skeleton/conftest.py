"""The project, copied, so that a runbook can be begun in it; and real servers for it to look at."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.sources import ROOT, files
from tests.probes.servers import PASSWORD, postgres_server, redis_server

__all__ = ["postgres_server", "redis_server"]


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    status: int
    text: str


@dataclass(frozen=True)
class Project:
    """A copy of the project, or of a part of it."""

    root: Path

    def flipgate(self, *words: str) -> Ended:
        return self._run("flipgate.cli", *words)

    def pytest(self, *words: str) -> Ended:
        return self._run("pytest", "-p", "no:cacheprovider", *words)

    def holding(self) -> dict[str, bytes]:
        """Which files and links does it hold, and what is in them?"""
        found = {path for path in self.root.rglob("*") if path.is_symlink() or not path.is_dir()}
        return {str(path.relative_to(self.root)): b"" if path.is_symlink() else path.read_bytes() for path in found}

    def _run(self, module: str, *words: str) -> Ended:
        environ = {**os.environ, "TEST_PASSWORD": PASSWORD.reveal(), "FLIPGATE_REPORTS": "reports"}
        command = [sys.executable, "-m", module, *words]
        done = subprocess.run(
            command, cwd=self.root, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        return Ended(done.returncode, done.stdout + done.stderr)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """All of it, as git sees it: its rules ask git which files there are."""
    root = tmp_path_factory.mktemp("project")
    for path in files():
        (root / path.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, root / path.relative_to(ROOT))
    begin = ["git", "init", "-q"]
    subprocess.run(begin, cwd=root, check=True)
    return Project(root)


@pytest.fixture
def empty(tmp_path: Path) -> Project:
    """A project without a runbook."""
    for folder in ("features", "environments"):
        (tmp_path / folder).mkdir()
    return Project(tmp_path)
