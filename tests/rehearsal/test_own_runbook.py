"""docs/write-a-runbook.md, followed word for word by somebody who begins with the project and nothing of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.sources import ROOT
from tests.skeleton.conftest import Project, project

__all__ = ["project"]
PAGE = (ROOT / "docs" / "write-a-runbook.md").read_text(encoding="utf-8")
VERDICTS = {"GO": 0, "HOLD": 10, "STOP": 20}


def commands(section: int) -> Iterator[tuple[str, int]]:
    """Which commands does a section of the page tell, and how does each have to end?"""
    (text,) = re.findall(rf"^## {section}\. .*?(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    for language, block in re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
        for line in () if language else block.splitlines():
            command, _, comment = line.partition(" # ")
            yield command.strip(), VERDICTS.get(comment.strip().partition(":")[0], 0)


def gate(title: str) -> str:
    """Which scenario of the page has this title?"""
    (text,) = re.findall(rf"^```gherkin\n(  Scenario: {title}.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return "\n" + str(text)


@pytest.fixture
def name() -> Iterator[str]:
    named = f"page-{os.getpid()}"
    yield named
    down = [sys.executable, "-m", "flipgate.rehearsal.cli", "down"]
    subprocess.run(down, env={**os.environ, "FLIPGATE_REHEARSAL": named}, capture_output=True, check=False)


def test_the_page_leads_to_a_judged_gate(project: Project, name: str) -> None:
    begun = [*commands(2), *commands(3)]
    assert {wanted for _, wanted in begun} == {0, 10, 20}
    for command, wanted in begun:
        follow(project, name, command, wanted)
    feature = project.root / "features" / "checkout_v2" / "after_flip_1.feature"
    assert gate("The error rate keeps its limit after flip 1 of checkout_v2").strip() in feature.read_text()
    with feature.open("a") as file:
        file.write(gate("Nobody has filed a bug"))
    rules, own = commands(4)
    follow(project, name, *rules)
    assert own[0] in [command for command, _ in begun]


def follow(project: Project, name: str, command: str, wanted: int) -> None:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environ = {**os.environ, "PATH": path, "FLIPGATE_REHEARSAL": name, "FLIPGATE_REPORTS": "reports"}
    shell = ["bash", "-c", command]
    done = subprocess.run(
        shell, cwd=project.root, env=environ, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == wanted, f"{command}\n{done.stdout}{done.stderr}"
