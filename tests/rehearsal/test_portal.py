"""The portal in a real browser: what is kept of it, and what happens without one."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.rehearsal.cutovers import GO, HOLD, Cutover, cutover
from tests.rehearsal.rehearsals import first_line, run

pytestmark = pytest.mark.xdist_group("portal")


@pytest.fixture(scope="module")
def reads_moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cutover]:
    with cutover("portal", tmp_path_factory.mktemp("portal")) as played:
        played.flip()
        played.command("advance", "12m")
        yield played


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
