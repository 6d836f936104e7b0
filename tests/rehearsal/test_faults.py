"""Faults break the environment for real, and can be taken back."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from flipgate.rehearsal import faults, matrix_page
from flipgate.rehearsal.catalogue import OPS_VIEW, ORG_V23, Fault
from flipgate.rehearsal.courses import OWNERS_WORDS
from tests.rehearsal.rehearsals import Environment, run

ROOT = Path(__file__).parents[2]
RUNBOOKS = sorted(path.parent for path in ROOT.glob("features/*/runbook.toml"))

Gates = set[tuple[str, str]]


def _gates_of(runbook: Path) -> Gates:
    """Which scenario belongs to which stage of a runbook, by the text alone?"""
    stages, found = _told(runbook)["stages"], set()
    for path in runbook.glob("*.feature"):
        tags, of_feature = [], []
        for line in map(str.strip, path.read_text().splitlines()):
            if line.startswith("@"):
                tags += [tag.removeprefix("@") for tag in line.split()]
            elif line.startswith("Feature:"):
                of_feature, tags = tags, []
            elif line.startswith("Scenario:"):
                title = line.partition(":")[2].strip()
                found |= {(tag, title) for tag in [*of_feature, *tags] if tag in stages}
                tags = []
    return found


def _told(runbook: Path) -> dict[str, dict[str, dict[str, object]]]:
    return tomllib.loads((runbook / "runbook.toml").read_text())


def _tried(runbook: str, *, by_look_alikes: bool) -> Gates:
    """Which gates, each at its stage, have to leave GO for some fault, or to stay GO over some look-alike?"""
    some = [fault for fault in faults.catalogue(runbook) if fault.is_look_alike is by_look_alikes]
    return {(trial.stage, gate) for fault in some for trial in fault.trials for gate in trial.gates}


CATALOGUE = [*faults.catalogue(ORG_V23), *faults.catalogue(OPS_VIEW)]
GATES = {runbook.name: _gates_of(runbook) for runbook in RUNBOOKS}


@contextmanager
def broken(environment: Environment, fault: str) -> Iterator[None]:
    environment.command("fault", fault)
    try:
        yield
    finally:
        environment.command("fault", fault, "--undo")


def _open_drift(environment: Environment) -> list[float]:
    return [
        float(value) for value in re.findall(r"^dualwrite_open_drift\{.*\} (\S+)$", environment.metrics(), re.MULTILINE)
    ]


@pytest.mark.parametrize("fault", CATALOGUE, ids=lambda fault: fault.name)
def test_each_says_what_is_wrong_and_names_a_gate_of_its_stage(fault: Fault) -> None:
    assert fault.about.endswith(".")
    assert fault.trials
    for trial in fault.trials:
        assert {(trial.stage, gate) for gate in trial.gates} <= GATES[fault.runbook]


@pytest.mark.parametrize("runbook", RUNBOOKS, ids=lambda runbook: runbook.name)
def test_every_gate_is_left_for_a_fault_and_stays_go_over_a_look_alike(runbook: Path) -> None:
    gates = GATES[runbook.name]
    assert gates
    assert gates - _tried(runbook.name, by_look_alikes=False) == set()
    assert gates - _tried(runbook.name, by_look_alikes=True) == set()


def test_a_row_of_the_catalogue_is_covered_or_left_out_and_never_both() -> None:
    covered = {row for fault in CATALOGUE for row in fault.rows} | set(matrix_page.tested(ROOT / "tests"))
    left_out = set(matrix_page.left_out(ROOT / "docs" / "faults-left-out.toml"))
    assert covered & left_out == set()
    assert covered | left_out == set(matrix_page.catalogued())


@pytest.mark.parametrize("runbook", RUNBOOKS, ids=lambda runbook: runbook.name)
def test_a_word_is_given_for_each_box_that_no_stage_ticks(runbook: Path) -> None:
    open_boxes = [number for number, box in _told(runbook)["boxes"].items() if "stage" not in box]
    assert [str(word.box) for word in OWNERS_WORDS[runbook.name]] == open_boxes


def test_three_lost_rows_are_a_labelled_drift_of_3(environment: Environment) -> None:
    with broken(environment, "labelled_drift"):
        assert sum(_open_drift(environment)) == 3
    assert sum(_open_drift(environment)) == 0
    assert "\ndualwrite_open_drift " not in environment.metrics()


def test_drift_that_ended_is_in_the_history_only(environment: Environment) -> None:
    environment.command("fault", "drift_that_ended")
    assert sum(_open_drift(environment)) == 0
    assert environment.query("max(max_over_time(dualwrite_open_drift[1h]))")[0]["value"][1] == "3"
    assert environment.query("max(max_over_time(dualwrite_open_drift[39m]))")[0]["value"][1] == "0"
    assert environment.query("max_over_time(dualwrite_open_drift[43m]) == 3") != []
    assert environment.alerts() == {"Watchdog": "active"}
    environment.command("fault", "drift_that_ended", "--undo")
    assert environment.query("max(max_over_time(dualwrite_open_drift[1h]))")[0]["value"][1] == "0"


def test_drift_that_lasts_is_an_open_alert_and_began_when_it_did(environment: Environment) -> None:
    with broken(environment, "labelled_drift"):
        environment.command("advance", "6m")
        assert set(environment.alerts()) == {"Watchdog", "DualwriteDriftPersisting"}
        environment.command("advance", "20m")
        began = {alert["labels"]["alertname"]: alert["startsAt"] for alert in environment.open_alerts()}
        open_for = datetime.now(UTC) - datetime.fromisoformat(began["DualwriteDriftPersisting"])
        assert timedelta(minutes=20) <= open_for < timedelta(minutes=21)
    environment.command("advance", "1m")
    assert set(environment.alerts()) == {"Watchdog"}


def test_a_silenced_alert_is_open_and_suppressed(environment: Environment) -> None:
    with broken(environment, "silenced_alert"):
        assert environment.alerts() == {"Watchdog": "active", "DualwriteWriterLagging": "suppressed"}
    assert environment.alerts() == {"Watchdog": "active"}


def test_without_its_rules_prometheus_keeps_the_watchdog(environment: Environment) -> None:
    with broken(environment, "rules_not_loaded"):
        answer = environment.client.get(f"{environment.endpoints['prometheus']['url']}/api/v1/rules").json()
        assert [rule["name"] for group in answer["data"]["groups"] for rule in group["rules"]] == ["Watchdog"]


def test_the_world_does_not_age_while_prometheus_is_down(environment: Environment) -> None:
    with broken(environment, "prometheus_down"):
        with pytest.raises(httpx.NetworkError):
            environment.query("up")
        refused = run(environment.name, "advance", "1m")
        assert (refused.returncode, "undo that fault first" in refused.stderr) == (2, True)
    assert environment.alerts() == {"Watchdog": "active"}


def test_a_missing_report_comes_back(environment: Environment) -> None:
    reports = environment.folder / "reports"
    before = {path.name: path.read_text() for path in reports.iterdir()}
    with broken(environment, "todays_report_missing"):
        assert max(before) not in {path.name for path in reports.iterdir()}
    with broken(environment, "yesterdays_report_copied"):
        assert (reports / max(before)).read_text() == before[sorted(before)[-2]]
    assert {path.name: path.read_text() for path in reports.iterdir()} == before


def test_what_cannot_be_taken_back_says_so(environment: Environment) -> None:
    refused = run(environment.name, "fault", "rollback_in_wrong_order", "--undo")
    assert (refused.returncode, "start a fresh environment" in refused.stderr) == (2, True)


def test_a_fault_is_in_once_or_not_at_all(environment: Environment) -> None:
    refused = run(environment.name, "fault", "audit_row_missing", "--undo")
    assert (refused.returncode, "is not in" in refused.stderr) == (2, True)
    with broken(environment, "todays_report_missing"):
        refused = run(environment.name, "fault", "todays_report_missing")
        assert (refused.returncode, "is in already" in refused.stderr) == (2, True)
