"""The stages shim and portal leave GO for each fault of the running environment, and say why."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.rehearsal.cutovers import GO, HOLD, STOP, Cutover, cutover
from tests.rehearsal.rehearsals import first_line, run

pytestmark = pytest.mark.xdist_group("portal")


@pytest.fixture(scope="module")
def reads_moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cutover]:
    with cutover("portal", tmp_path_factory.mktemp("portal")) as played:
        played.flip()
        played.command("advance", "12m")
        yield played


@pytest.mark.parametrize(
    ("fault", "aged", "status", "told"),
    [
        ("fallback_in_one_replica", "1m", STOP, '"fallback to legacy" on tenant-service-7c9d5b6f4-2xkqp'),
        ("shim_errors_in_one_replica", "1m", STOP, "an error that names the shim on tenant-service-7c9d5b6f4-m8wzt"),
        ("no_log_lines", "6m", HOLD, "no log line at all from tenant-service"),
        ("one_silent_replica", "6m", HOLD, "not in force on tenant-service-7c9d5b6f4-m8wzt (silent)"),
    ],
)
def test_the_shim_leaves_go(reads_moved: Cutover, fault: str, aged: str, status: int, told: str) -> None:
    with reads_moved.broken(fault):
        reads_moved.command("advance", aged)
        ended = reads_moved.stage("shim")
    assert (ended.status, told in ended.text) == (status, True), ended.text
    reads_moved.command("advance", "6m")


def test_the_shim_is_go_once_its_log_of_five_minutes_is_clean(reads_moved: Cutover) -> None:
    assert reads_moved.stage("shim").status == GO


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [
        ("portal_hides_a_row", STOP, "639 of 640 records shown"),
        ("portal_console_error", STOP, "TypeError: cannot read properties"),
        ("portal_failed_request", STOP, "/config.json: 500"),
        ("portal_placeholders", STOP, "6 of 640 records shown over 1 page; 640 missing"),
        ("portal_shows_token", HOLD, "no picture of it was kept"),
    ],
)
def test_the_portal_leaves_go(reads_moved: Cutover, fault: str, status: int, told: str) -> None:
    with reads_moved.broken(fault):
        ended = reads_moved.stage("portal")
    assert (ended.status, told in ended.text) == (status, True), ended.text


def test_the_portal_is_go_with_four_pictures_and_nowhere_its_token(reads_moved: Cutover) -> None:
    assert reads_moved.stage("portal").status == GO
    printed = json.loads(run(reads_moved.name, "provision").stdout)
    token = first_line(printed["endpoints"]["portal"]["token"])
    written = [path for path in reads_moved.reports.rglob("*") if path.is_file()]
    newest = max((path for path in written if path.name == "index.html"), key=lambda path: path.stat().st_mtime)
    assert len(list(newest.parent.glob("portal-*.png"))) == 4
    assert newest.read_text().count('<img src="data:image/png') == 4
    assert [path for path in written if token.encode() in path.read_bytes()] == []


def test_without_a_browser_the_portal_holds_and_says_how_to_get_one(
    reads_moved: Cutover, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLIPGATE_CHROMIUM", "/nowhere/chromium")
    ended = reads_moved.stage("portal")
    assert (ended.status, "not a program that can be run" in ended.text) == (HOLD, True), ended.text
