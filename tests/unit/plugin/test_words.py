"""What people say beside a run is shown first, makes nothing GO, and an earlier GO does not outlive a later red."""

from __future__ import annotations

import subprocess
import sys

from flipgate.core.verdict import Verdict
from flipgate.evidence.account import accounts
from flipgate.evidence.history import History
from flipgate.evidence.ledger import records
from flipgate.evidence.summary import standing
from tests.unit.plugin.conftest import GO, Project

BOXES = """
[boxes]
1 = { owner = "Founder", claim = "the pre-flight is complete", stage = "preflight" }
2 = { owner = "DevOps", claim = "the report is attached" }
"""
HOLD = """  Scenario: No luck
    HOLD: try again.

    When the reading crashes with "OSError"
    Then it has at least 1 rows
"""


def flipgate(project: Project, *words: str) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "-m", "flipgate.cli", *words],
        cwd=project.root,
        env={"PATH": "/usr/bin:/bin", "HOME": str(project.root), "FLIPGATE_OPERATOR": "pipeline 7"},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


def with_boxes(project: Project, text: str) -> Project:
    with (project.root / "features" / "demo" / "runbook.toml").open("a") as runbook:
        runbook.write(BOXES)
    project.feature(text)
    return project


def test_a_box_that_automation_owns_is_refused_and_one_of_a_person_is_kept(project: Project) -> None:
    with_boxes(project, GO).run("-m", "preflight", "--env", "dev")
    said = ("--env", "dev", "--by", "somebody", "--note", "done")
    status, told = flipgate(project, "attest", "1", *said)
    assert (status, told.count("\n")) == (30, 1)
    assert told.startswith("refused: box 1 is ticked by a GO of preflight")
    status, told = flipgate(project, "attest", "2", *said)
    assert (status, told.startswith("box 2 is attested by somebody")) == (0, True)
    ((_, word),) = History.of(records(project.ledger), "dev", "").words()
    assert (word.by, word.operator) == ("somebody", "pipeline 7")


def test_a_waived_gate_is_told_first_and_stays_hold(project: Project) -> None:
    with_boxes(project, HOLD).run("-m", "preflight", "--env", "dev")
    who = ("--by", "the lead", "--owner", "the owner", "--reason", "known", "--expires", "2999-01-01")
    assert flipgate(project, "waive", "No luck", "--env", "dev", *who)[0] == 0
    again = project.run("-m", "preflight", "--env", "dev")
    assert again.status == 10
    waived = again.text.index("waived  No luck is not GO: known (the owner answers for it")
    assert waived < again.text.index("HOLD  §1 No luck")
    pages = sorted((project.root / "reports" / "dev" / "demo").glob("*/index.html"))
    banner = pages[-1].read_text().partition("<section")[0]
    assert "waived: No luck is not GO: known" in banner


def test_an_earlier_go_is_contradicted_by_a_later_red_of_any_selection(project: Project) -> None:
    project.feature(GO)
    assert project.run("-m", "preflight", "--env", "dev").status == 0
    before = History.of(records(project.ledger), "dev", "").stage("preflight")
    assert (before.verdict, before.contradicted_by) == ("GO", "")
    project.feature(GO.replace("a table of 5", "a table of 4"))
    looked = project.run("features", "--env", "dev")
    assert "1 STOP of 1 gates" in looked.text
    found = records(project.ledger)
    after = History.of(found, "dev", "").stage("preflight")
    assert (after.run, after.verdict, after.contradicted_by) == (before.run, "GO", found[-1].run)
    first, red = accounts(found)
    assert (first.verdict, first.contradicted_by, first.standing) == (Verdict.GO, red.id, Verdict.HOLD)
    assert standing([first, red]) is Verdict.HOLD
    status, path = flipgate(project, "report", "--env", "dev")
    page = (project.root / "reports" / "dev" / "demo" / f"cutover-{first.id}" / "index.html").read_text()
    assert (status, "is contradicted: run" in page) == (0, True), path


def test_the_run_says_who_ran_it_by_what_and_after_which(project: Project) -> None:
    project.feature(GO)
    first = project.run("-m", "preflight", "--env", "dev", FLIPGATE_OPERATOR="pipeline 7").records[0]
    (project.root / "demo_steps.py").write_text((project.root / "demo_steps.py").read_text() + "\n# another text\n")
    second = [record for record in project.run("-m", "preflight", "--env", "dev").records if record.seq == 0][-1]
    starts = [record.body for record in (first, second)]
    assert [start.operator == "pipeline 7" for start in starts] == [True, False]  # type: ignore[union-attr]
    assert [start.previous_run for start in starts] == ["", first.run]  # type: ignore[union-attr]
    assert starts[0].command == ("-m", "preflight", "--env", "dev")  # type: ignore[union-attr]
    before, after = (start.digests for start in starts)  # type: ignore[union-attr]
    assert set(before) == {"source", "sentences", "features", "environment"}
    assert {name for name in before if before[name] != after[name]} == {"sentences"}
