"""The generator against the embedded environment, and the gate that reads what it wrote."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.rehearsal.cutovers import GO, HOLD, ROOT, STOP, Cutover, cutover


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cutover]:
    with cutover("reconcile", tmp_path_factory.mktemp("reconcile")) as played:
        yield played


def reconcile(played: Cutover, *words: str) -> tuple[int, str]:
    """Write today's report: exit status, and what the file says."""
    environ = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "FLIPGATE_ENV")}
    ended = subprocess.run(
        [sys.executable, "-m", "flipgate.cli", "reconcile", "--env", "rehearsal", *words],
        cwd=ROOT,
        env={**environ, "FLIPGATE_REHEARSAL": played.name},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert ended.stderr == ""
    with open(ended.stdout.splitlines()[-1].removesuffix(", as it was"), encoding="utf-8") as report:  # noqa: PTH123
        return ended.returncode, report.read()


def test_todays_report_is_written_and_the_preflight_goes(dev: Cutover) -> None:
    status, text = reconcile(dev)
    assert (status, "```json reconciliation" in text, "| Gate | PASS |" in text) == (0, True, True)
    assert reconcile(dev) == (0, text)
    ended = dev.stage("preflight")
    assert ended.status == GO, ended.text
    assert "1 of 7 reports name it, none another" in ended.text


def test_a_baseline_over_tenants_holds(dev: Cutover) -> None:
    status, text = reconcile(dev, "--baseline")
    assert (status, "Baseline: the stamp of an empty cluster." in text) == (0, True)
    ended = dev.stage("preflight")
    assert (ended.status, "scanned 0 tenants, though 12 existed" in ended.text) == (HOLD, True), ended.text


def test_rows_lost_from_the_mirror_fail_the_day_and_stop_the_gate(dev: Cutover) -> None:
    with dev.broken("labelled_drift"):
        status, text = reconcile(dev)
        ended = dev.stage("preflight")
    assert (status, "| Missing org_unit_memberships rows | 3 |\n" in text) == (20, True)
    assert "| Gate | FAIL |" in text
    assert (ended.status, "says FAIL (3 rows of drift)" in ended.text) == (STOP, True), ended.text
    status, text = reconcile(dev)
    assert (status, "| Gate | PASS |" in text) == (0, True)
