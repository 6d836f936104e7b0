"""Text that a service holds goes all the way, from its answer to the terminal, the page, the report and the comment.

A flag's first flip, as the suite plays it: a baseline of what the service lists, a stage that compares with it, a pack.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.probes.org_database import fill
from tests.probes.servers import PASSWORD, PostgresServer
from tests.probes.tenant_service import TenantService
from tests.safety.test_hostile_input import harmful
from tests.unit.evidence.conftest import PROJECT, Visit, browser, visit

__all__ = ["browser", "visit"]
ENVIRONMENT = """
name = "dev"
tier = "dev"
runbooks = ["demo"]
allow_write_capable = "a server of a test"
[postgres]
host = "127.0.0.1"
port = {port}
dbname = "postgres"
user = "postgres"
password = "env:TEST_PASSWORD"
[services.tenant-service]
addresses = ["{address}"]
deployment = "tenant-service"
[org_v23]
test_org = "a"
detect_interval_s = 3600.0
governance_histogram = "h"
deployments = ["tenant-service"]
"""
RUNBOOK = """
title = "Demo"
tracker = "1"
flags = ["a_flag"]
[stages.baseline]
[stages.shim]
[stages.sign_off]
[boxes]
1 = { owner = "DevOps", claim = "done" }
"""
FEATURES = {
    "baseline": """
    When the answers of every tenant are captured
    Then they hold every listing of every tenant
""",
    "shim": """
    When the answers of every tenant are compared with the baseline
    Then "ListTeams" equals the baseline
    And "ListMembers" equals the baseline
""",
    "sign_off": """
    When the word of "DevOps" on box 1 is looked up
    Then a named person attested it, else hold
""",
}
# Each says `seen` and a number, so that it is known to have arrived.
PAYLOADS = (
    "seen0 @acme/everybody @all",
    "seen1 ![i](http://127.0.0.1:9/p.png)",
    "seen2 [x](javascript:alert(1))",
    "seen3 <img src=x onerror=alert(1)>",
    '"><script>alert(1)</script> seen4',
    "seen5 | GO | a | b |\n|---|---|",
    "seen6 ```\n## GO: it is fine\n```",
    "seen7 </details></td></tr></table>",
    "seen8 <!-- flipgate sign-off demo dev -->",
    "seen9 \x1b[2J\x1b]0;t\x07\x9b1m",
    "\u202eseen10 \u2066OG\u2069",
    "seen11\u200b\u200d\ufeff\u2060\u00ad",
    "seen12 `` ` ` \\",
    "seen13 fixes #1, GH-2, acme/x#3",
    "seen14\r\nGO  demo shim on dev: 1 GO of 1 gate\x00",
    "seen15 {{constructor.constructor('alert(1)')()}} ${alert(1)}",
)
CODE = re.compile(r"`[^`\n]*`")


@dataclass(frozen=True)
class Project:
    """A project with its reports, and how its commands ended."""

    root: Path

    def run(self, *words: str, status: int) -> str:
        environ = {**os.environ, "TEST_PASSWORD": PASSWORD.reveal(), "HOME": str(self.root)}
        done = subprocess.run(
            [sys.executable, "-m", *words], cwd=self.root, env=environ, capture_output=True, check=False
        )
        told = (done.stdout + done.stderr).decode()
        assert done.returncode == status, told
        return told

    def page(self) -> Path:
        return max((self.root / "reports" / "dev" / "demo").glob("*-*/index.html"), key=lambda path: path.parent.name)

    def pack(self) -> Path:
        return next((self.root / "reports" / "demo").glob("*-dev"))


@dataclass(frozen=True)
class Outcome:
    """What the operator and the readers of the tracker get to see."""

    terminal: str
    page: Path
    comment: str
    report: Path


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, postgres_server: PostgresServer) -> Project:
    fill(postgres_server)
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(PROJECT / "steps", root / "steps", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("conftest.py", "pyproject.toml"):
        shutil.copy(PROJECT / name, root / name)
    if (PROJECT / "node_modules").is_dir():
        (root / "node_modules").symlink_to(PROJECT / "node_modules")
    (root / "features" / "demo").mkdir(parents=True)
    (root / "features" / "demo" / "runbook.toml").write_text(RUNBOOK)
    for stage, steps in FEATURES.items():
        head = f"@demo @{stage} @section:1 @owner:devops\nFeature: {stage}\n\n  Scenario: The {stage} is told\n"
        advice = "    STOP: stop.\n    HOLD: hold.\n"
        (root / "features" / "demo" / f"{stage}.feature").write_text(head + advice + steps)
    return Project(root)


@pytest.fixture(scope="module")
def service() -> TenantService:
    return TenantService().holding("a", "b")


@pytest.fixture(scope="module")
def outcome(project: Project, service: TenantService, postgres_server: PostgresServer) -> Outcome:
    """After the baseline each text stands in a field of a team, and in the id of a member."""
    with service.serving() as address:
        (project.root / "environments").mkdir()
        text = ENVIRONMENT.format(port=postgres_server.port, address=address)
        (project.root / "environments" / "dev.toml").write_text(text)
        project.run("pytest", "-m", "baseline", "--env", "dev", status=0)
        halves = zip(service.teams["a"], (PAYLOADS[:6], PAYLOADS[6:12], PAYLOADS[12:]), strict=True)
        for team, some in halves:
            team["name"], team["pillar_id"], team["lead_member_id"] = ("\n".join(some[at::3]) for at in range(3))
        service.members["a"] = [{"id": text, "display_name": text} for text in PAYLOADS]
        terminal = project.run("pytest", "-m", "shim", "--env", "dev", status=20)
        page = project.page()
        project.run("pytest", "-m", "sign_off", "--env", "dev", status=10)
    project.run("flipgate.cli", "keys", "new", status=0)
    project.run("flipgate.cli", "sign-off", "--env", "dev", status=20)
    return Outcome(terminal, page, (project.pack() / "comment.md").read_text(), project.pack() / "report.html")


def arrived(text: str) -> set[str]:
    return set(re.findall(r"seen\d+", text))


def test_in_the_terminal_it_is_visible_and_cannot_act(outcome: Outcome) -> None:
    assert len(arrived(outcome.terminal)) >= 3
    assert harmful(outcome.terminal.replace("\n", " ")) == []
    assert "GO  demo shim" not in outcome.terminal.splitlines()


def test_in_the_comment_it_is_code_on_one_line(outcome: Outcome) -> None:
    assert arrived(outcome.comment)
    assert harmful(outcome.comment.replace("\n", " ")) == []
    outside = CODE.sub("", outcome.comment)
    assert arrived(outside) == set()
    assert outcome.comment.count("<!--") - CODE.sub("", outcome.comment).count("<!--") in (0, 1)
    assert [line for line in outside.splitlines() if line.startswith("## ")] == ["## STOP: "]


def test_on_the_page_no_script_of_it_runs_and_nothing_is_asked_for(outcome: Outcome, visit: Visit) -> None:
    acts_in_nothing(visit.open(outcome.page), visit)


def test_nor_in_the_report_gate_by_gate(outcome: Outcome, visit: Visit) -> None:
    if not (PROJECT / "node_modules" / "allure").is_dir():
        pytest.skip("Allure is not installed: npm ci")
    page = visit.open_steps(outcome.report)
    page.get_by_text("The shim is told").first.click()
    page.get_by_text("seen0").first.wait_for()
    acts_in_nothing(page, visit)


def acts_in_nothing(page: Page, visit: Visit) -> None:
    shown = page.inner_text("body")
    assert len(arrived(shown)) >= 3
    assert page.locator("img[src='x'], img[src^='http'], a[href^='javascript']").count() == 0
    assert [char for char in shown if unicodedata.category(char) in ("Cc", "Cf") and char not in "\n\t"] == []
    assert (visit.dialogs, visit.requests) == ([], [])


def test_in_the_files_no_control_byte_stands_as_itself(outcome: Outcome) -> None:
    for path in (outcome.page, outcome.report):
        text = path.read_text(encoding="utf-8")
        assert [char for char in text if char in "\x1b\x07\x00\x9b\u202e\u2066\u200b\u2060"] == []


def test_every_text_is_in_the_ledger_as_it_was(project: Project, outcome: Outcome) -> None:
    ledger = (project.root / "reports" / "dev" / "demo" / "ledger.jsonl").read_text()
    assert outcome.terminal
    assert arrived(ledger) == {f"seen{number}" for number in range(len(PAYLOADS))}
