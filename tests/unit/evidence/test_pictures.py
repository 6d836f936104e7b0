"""A picture that an observation names is shown as long as it is what was seen, and never fetched from anywhere."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from flipgate.core.facts.portal import FlowSeen, PageSeen, Picture
from flipgate.core.verdict import Verdict
from flipgate.evidence.canonical import digest
from flipgate.evidence.report import written
from tests.unit.evidence.conftest import Visit
from tests.unit.evidence.cutover import Cutover, Told

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
NAME = "portal-teams.png"


@dataclass
class Shot:
    """A run whose one gate saw a page, and the file that its picture is in."""

    cutover: Cutover
    run: str

    @property
    def file(self) -> Path:
        return self.cutover.written_to(self.run) / NAME

    def page(self) -> str:
        return written(self.cutover.ledger, self.run, self.cutover.written_to(self.run)).read_text()


@pytest.fixture
def shot(cutover: Cutover) -> Shot:
    page = PageSeen("http://portal", 1, 1, 1, 0, (), 0, (), 4, 0, (), (), (), Picture(NAME, digest(DOT)))
    flow = FlowSeen("ListTeams", page)
    told = Told("The portal shows every team", "7.3", Verdict.GO, "ListTeams", "1 record", "the API's", flow)
    taken = Shot(cutover, cutover.run("after_flip_1", [told]))
    taken.file.parent.mkdir(parents=True, exist_ok=True)
    taken.file.write_bytes(DOT)
    return taken


def test_it_stands_in_the_page_itself_once(shot: Shot) -> None:
    assert re.findall(r'src="([^"]*)"', shot.page()) == [f"data:image/png;base64,{base64.b64encode(DOT).decode()}"]


def test_a_browser_shows_it_and_asks_nobody(shot: Shot, visit: Visit) -> None:
    shot.page()
    page = visit.open(shot.file.with_name("index.html"))
    assert page.evaluate("[...document.images].map(image => [image.complete, image.naturalWidth])") == [[True, 1]]
    assert visit.requests == []


@pytest.mark.parametrize("content", [None, b"", DOT[:-1] + b"?", b"<script>alert(1)</script>"])
def test_one_that_is_gone_or_changed_is_not_shown_and_said(shot: Shot, content: bytes | None) -> None:
    shot.file.unlink() if content is None else shot.file.write_bytes(content)
    text = shot.page()
    assert "<img" not in text
    assert f"{NAME} is gone, or is not what was seen" in text


def test_allure_has_it_as_an_attachment_of_the_reading(shot: Shot) -> None:
    shot.page()
    results = shot.file.parent / "allure-results"
    (result,) = [json.loads(path.read_text()) for path in results.glob("*-result.json")]
    attached = [
        (step["name"].partition(" ")[0], one["source"])
        for step in result["steps"]
        for one in step.get("attachments", ())
        if one["type"] == "image/png"
    ]
    assert [keyword for keyword, _ in attached] == ["When"]
    assert (results / attached[0][1]).read_bytes() == DOT
