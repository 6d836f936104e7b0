"""Whatever ends, hides, repeats or bends a run, it is never GO: the rows K of the fault catalogue."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from flipgate.core.verdict import Verdict
from flipgate.evidence.history import History
from flipgate.evidence.ledger import records
from flipgate.evidence.records import RunJudged
from tests.unit.plugin.conftest import GO, Project

STAGE = ("-m", "preflight", "--env", "dev")
TWO = GO + GO.replace("Enough rows", "Enough again").replace("5 rows is read", "6 rows is read")
BAD = GO.replace("Enough rows", "Too few").replace("a table of 5 rows", "a table of 4 rows")
DIE = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"


def hook(project: Project, text: str) -> None:
    """What another plugin could do: a hook of pytest's, in the project's conftest."""
    with (project.root / "conftest.py").open("a") as conftest:
        conftest.write(f"\n\nimport os, signal, pytest\n\n{text}\n")


def verdict(project: Project) -> str:
    """What does the ledger say of the newest run of this stage?"""
    return History.of(records(project.ledger), "dev", "").stage("preflight").verdict


@pytest.mark.row("K1")
@pytest.mark.parametrize(("keyword", "sentence"), [("given", "it dies"), ("when", "it dies"), ("then", "it dies")])
def test_a_kill_in_any_step_is_hold(project: Project, keyword: str, sentence: str) -> None:
    text = {
        "given": GO.replace("    When", f"    Given {sentence}\n    When"),
        "when": GO.replace("a table of 5 rows is read", sentence),
        "then": GO + f"    And {sentence}\n",
    }
    project.feature(text[keyword])
    project.step(keyword, sentence, DIE)
    outcome = project.run(*STAGE)
    assert (outcome.status, "by signal 9" in outcome.text, verdict(project)) == (10, True, "HOLD")


@pytest.mark.row("K1")
@pytest.mark.parametrize("when", ["pytest_runtest_teardown(item)", "pytest_sessionfinish(session)"])
def test_a_kill_between_the_last_gate_and_the_verdict_is_hold(project: Project, when: str) -> None:
    project.feature(GO)
    hook(project, f"@pytest.hookimpl(trylast=True)\ndef {when}:\n    os.kill(os.getpid(), signal.SIGKILL)")
    assert (project.run(*STAGE).status, verdict(project)) == (10, "HOLD")


@pytest.mark.row("K1")
def test_a_ledger_that_ends_anywhere_before_its_verdict_is_hold(project: Project) -> None:
    project.feature(TWO)
    assert project.run(*STAGE).status == 0
    whole = project.ledger.read_bytes()
    for length in range(whole.index(b"\n") + 1, len(whole) - 1, 97):
        project.ledger.write_bytes(whole[:length])
        assert verdict(project) == "HOLD", length
    project.ledger.write_bytes(whole)
    assert verdict(project) == "GO"


@pytest.mark.row("K2")
@pytest.mark.parametrize("end", ["__import__('os')._exit(0)", "__import__('pytest').exit('done', returncode=0)"])
@pytest.mark.parametrize("word", ["when", "then"])
def test_a_step_that_ends_the_process_with_0_is_hold(project: Project, word: str, end: str) -> None:
    claim = {"when": "a table of 5 rows is read", "then": "it has at least 5 rows"}[word]
    project.feature(GO.replace(claim, "all is well"))
    project.step(word, "all is well", end)
    assert (project.run(*STAGE).status, verdict(project)) == (10, "HOLD")


@pytest.mark.row("K2")
def test_a_process_that_ends_itself_after_the_last_gate_is_hold(project: Project) -> None:
    project.feature(GO)
    hook(project, "def pytest_sessionfinish(session):\n    os._exit(0)")
    assert (project.run(*STAGE).status, verdict(project)) == (10, "HOLD")


@pytest.mark.row("K3")
@pytest.mark.parametrize("room", [0, 700, 1800, 2600])
def test_a_full_disk_is_never_go_and_is_said(project: Project, room: int) -> None:
    project.feature(GO)
    assert project.run(*STAGE).status == 0
    used = project.ledger.stat().st_size
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *STAGE, "-p", "no:cacheprovider"],
        cwd=project.root,
        env={"PATH": "/usr/bin:/bin", "HOME": str(project.root), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (used + room, used + room)),
    )
    told = ended.stdout + ended.stderr
    assert (ended.returncode in (10, 30), "File too large" in told or "HOLD" in told) == (True, True), told


@pytest.mark.row("K5")
def test_an_emptied_results_folder_empties_no_evidence(project: Project) -> None:
    allure = ("--alluredir", "allure")
    project.feature(BAD)
    assert project.run(*STAGE, *allure).status == 20
    pages = list(project.ledger.parent.glob("*/index.html"))
    project.feature(GO)
    outcome = project.run(*STAGE, *allure, "--clean-alluredir")
    ends = [record.body.verdict for record in outcome.records if isinstance(record.body, RunJudged)]
    assert (outcome.status, ends) == (0, [Verdict.STOP, Verdict.GO])
    assert len(pages) == 1
    assert pages[0].is_file()


@pytest.mark.row("K6")
@pytest.mark.parametrize("mark", ["skip", "xfail", "xfail(run=False)", "skipif(True, reason='no')"])
def test_a_marked_gate_is_never_go(project: Project, mark: str) -> None:
    project.feature(BAD)
    hook(
        project,
        f"def pytest_collection_modifyitems(items):\n    [item.add_marker(pytest.mark.{mark}) for item in items]",
    )
    assert project.run(*STAGE).status in (10, 20)


@pytest.mark.row("K6")
@pytest.mark.parametrize("words", [("-x",), ("--maxfail", "1"), ("--lf",), ("--sw",)])
def test_what_ends_or_narrows_a_run_withholds_go(project: Project, words: tuple[str, ...]) -> None:
    project.feature(BAD + GO)
    assert project.run(*STAGE, *words).status == 20
    project.feature(BAD.replace("4 rows", "5 rows") + BAD.replace("Too few", "Last") + GO)
    assert project.run(*STAGE, *words).status in (10, 20)  # --lf leaves out the one that would be red


@pytest.mark.row("K6")
def test_a_gate_that_is_red_once_stays_red_however_often_it_is_run_again(project: Project) -> None:
    project.feature(GO.replace("a table of 5 rows is read", "a table grows"))
    project.step("when", "a table grows", "ROWS.append(1)\n    return table(3 + len(ROWS))")
    with (project.root / "demo_steps.py").open("a") as steps:
        steps.write("\n\nROWS = []\n")
    again = "from _pytest.runner import runtestprotocol\n    runtestprotocol(item, log=False)\n    return None"
    hook(project, f"@pytest.hookimpl(tryfirst=True)\ndef pytest_runtest_protocol(item):\n    {again}")
    assert project.run(*STAGE).status == 20


@pytest.mark.row("K7")
@pytest.mark.parametrize(
    "text",
    [
        GO.replace("    Then it", "    Then: it"),
        GO.replace("    Then it", "    then it"),
        GO.replace("    Then it", "    THEN it"),
        GO.replace("    When a", "    Thne nothing\n    When a"),
        GO.replace("  Scenario: Enough", "  Scenario Enough"),
    ],
    ids=["colon", "lower case", "upper case", "misspelt first", "no colon"],
)
def test_a_line_that_only_looks_like_a_step_is_refused(project: Project, text: str) -> None:
    project.feature(text)
    assert project.run(*STAGE).status == 30


@pytest.mark.row("K7")
def test_a_step_that_nobody_would_await_is_refused(project: Project) -> None:
    project.feature(GO.replace("it has at least 5 rows", "all is well"))
    with (project.root / "demo_steps.py").open("a") as steps:
        steps.write('\n\n@then("all is well")\nasync def _(its):\n    return None\n')
    outcome = project.run(*STAGE)
    assert (outcome.status, "async def" in outcome.text) == (30, True)


@pytest.mark.row("K7")
def test_a_claim_that_judges_nothing_is_hold(project: Project) -> None:
    project.feature(GO.replace("it has at least 5 rows", "all is well"))
    project.step("then", "all is well", "return None")
    assert project.run(*STAGE).status == 10


@pytest.mark.row("K8")
def test_a_foreign_hook_that_calls_everything_passed_changes_nothing(project: Project) -> None:
    project.feature(BAD)
    passed = "    report = yield\n    report.outcome = 'passed'\n    return report"
    hook(project, f"@pytest.hookimpl(wrapper=True)\ndef pytest_runtest_makereport(item, call):\n{passed}")
    hook(project, "@pytest.hookimpl(trylast=True)\ndef pytest_sessionfinish(session):\n    session.exitstatus = 0")
    assert project.run(*STAGE).status == 20


@pytest.mark.row("K8")
@pytest.mark.parametrize("plugin", ["command", "features", "playing", "terminal", "fixtures", "options"])
def test_a_part_that_is_switched_off_is_never_go(project: Project, plugin: str) -> None:
    project.feature(BAD)
    assert project.run(*STAGE, "-p", f"no:flipgate.plugin.{plugin}").status != 0


@pytest.mark.row("K8")
def test_optimised_python_by_the_environment_is_refused(project: Project) -> None:
    project.feature(GO)
    assert project.run(*STAGE, PYTHONOPTIMIZE="1").status == 30


@pytest.mark.row("K9", "K10")
@pytest.mark.parametrize("file", ["features/demo/rows.feature", "features/demo/runbook.toml", "demo_steps.py"])
def test_text_that_is_edited_while_the_stage_runs_withholds_go(project: Project, file: str) -> None:
    project.feature(GO.replace("a table of 5 rows is read", "somebody edits"))
    project.step("when", "somebody edits", f"open({file!r}, 'a').write('# edited\\n'); return table(5)")
    outcome = project.run(*STAGE)
    assert (outcome.status, "edited while the stage ran" in " ".join(outcome.text.split())) == (10, True), outcome.text


@pytest.mark.row("K15")
@pytest.mark.parametrize("words", [("-n", "2"), ("-n", "0", "--dist", "load"), ("--dist", "each", "--tx", "popen")])
def test_workers_that_could_die_are_refused(project: Project, words: tuple[str, ...]) -> None:
    project.feature(GO)
    assert project.run(*STAGE, *words).status == 30


@pytest.mark.row("K18")
def test_a_report_that_cannot_be_written_leaves_the_verdict_and_is_said(project: Project) -> None:
    project.feature(GO.replace("a table of 5 rows is read", "its folder is taken"))
    with (project.root / "demo_steps.py").open("a") as steps:
        steps.write(
            '\n\n@when("its folder is taken")\ndef _(scene):\n'
            '    scene.run.folder.write_text("taken")\n    return table(5)\n'
        )
    outcome = project.run(*STAGE)
    assert (outcome.status, "could not be written" in outcome.text, verdict(project)) == (0, True, "GO")


@pytest.mark.row("K19")
@pytest.mark.parametrize(
    ("module", "judge", "bent", "tests"),
    [
        (
            "gates/error_rate.py",
            "elif last.ratio >= limit_ratio:",
            "elif last.ratio > limit_ratio:",
            "gates/test_error_rate.py",
        ),
        ("gates/buckets.py", ">= buckets[-1][1] * 95", "> buckets[-1][1] * 95", "gates/test_latency.py"),
        ("core/verdict.py", "default=Verdict.HOLD", "default=Verdict.GO", "core/test_verdict.py"),
        ("evidence/verdicts.py", "if missing else []", "if False else []", "evidence/test_verdicts.py"),
    ],
)
def test_a_judge_that_was_bent_is_seen_by_the_suites_own_tests(
    tmp_path: Path, module: str, judge: str, bent: str, tests: str
) -> None:
    import shutil

    import flipgate

    shutil.copytree(Path(flipgate.__file__).parent, tmp_path / "flipgate", ignore=shutil.ignore_patterns("__pycache__"))
    file = tmp_path / "flipgate" / module
    assert file.read_text().count(judge) == 1
    file.write_text(file.read_text().replace(judge, bent))
    root = Path(__file__).parents[3]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", f"tests/unit/{tests}"],
        cwd=root,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, "1 failed" in ended.stdout) == (1, True), ended.stdout
