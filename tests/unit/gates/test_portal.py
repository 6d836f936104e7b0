from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from flipgate.core.facts.portal import FlowSeen, PageSeen, Picture, SuiteSeen
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.gates.portal import (
    console_must_be_clean,
    content_must_be_the_apis,
    picture_must_be_kept,
    requests_must_succeed,
)
from tests.unit.gates.given import GO, HOLD, STOP, ago, says, seen

WHOLE = PageSeen(
    url="http://portal/teams",
    pages=2,
    shown=130,
    listed=130,
    missing=0,
    missing_names=(),
    added=0,
    added_names=(),
    requests=6,
    pending=0,
    console_errors=(),
    failed_requests=(),
    refused=(),
    picture=Picture("portal-teams.png", "sha256:0"),
)
LATELY, FLIPPED_AT = ago(60), ago(600)
GATES = (content_must_be_the_apis, console_must_be_clean, requests_must_succeed, picture_must_be_kept)


def page(**changes: object) -> Observation[FlowSeen]:
    return seen(FlowSeen("ListTeams", page=replace(WHOLE, **changes)))  # type: ignore[arg-type]


def suite(
    *tests: tuple[str, str], began_at: datetime = LATELY, errors: int = 0, flipped_at: datetime = FLIPPED_AT
) -> Observation[FlowSeen]:
    return seen(FlowSeen("ListTeams", suite=SuiteSeen(began_at, flipped_at, tests, errors)))


@pytest.mark.parametrize("judge", GATES)
def test_a_whole_page_is_go_and_one_that_nobody_looked_at_is_hold(judge: Callable[..., Judgement]) -> None:
    says(judge(page()), GO)
    says(judge(seen(FlowSeen("ListTeams"))), HOLD, "not looked at")


@pytest.mark.parametrize(
    ("changes", "verdict", "word"),
    [
        (
            {"shown": 129, "missing": 1, "missing_names": ("t-9 Payroll",)},
            STOP,
            "129 of 130 records shown over 2 pages",
        ),
        ({"shown": 129, "missing": 1, "missing_names": ("t-9 Payroll",)}, STOP, "1 missing: t-9 Payroll"),
        ({"missing": 1, "added": 1, "added_names": ("t-9 payroll",)}, STOP, "1 not in the API: t-9 payroll"),
        ({"shown": 131, "added": 1, "added_names": ("t-9 Payroll",)}, STOP, "131 of 130"),
        ({"shown": 6, "missing": 130, "added": 6, "added_names": ("Loading…",) * 6}, STOP, "Loading…"),
        ({"shown": 0, "missing": 130, "pending": 1}, HOLD, "1 request still without an answer"),
        ({"shown": 0, "listed": 0}, HOLD, "the API lists nothing"),
        ({"shown": 5, "listed": 0, "added": 5, "added_names": ("x",)}, STOP, "5 of 0"),
        ({"missing": 3, "missing_names": ("a", "b", "c")}, STOP, "missing: a, b, c"),
        ({"missing": 4, "missing_names": ("a", "b", "c", "d")}, STOP, "missing: a, b, c …"),
        # Figures that contradict each other are never GO.
        ({"shown": 129}, STOP, "129 of 130"),
    ],
)
def test_content_that_is_not_the_apis_is_stop(changes: dict[str, object], verdict: Verdict, word: str) -> None:
    judgement = content_must_be_the_apis(page(**changes))
    says(judgement, verdict, word)
    assert judgement.seen.endswith("…") is (len(judgement.seen.split("missing: ")[-1].split(",")) > 3 or "…" in word)


@pytest.mark.parametrize(
    ("changes", "verdict", "word"),
    [
        ({"console_errors": ("TypeError: x is undefined",)}, STOP, "1 error: TypeError: x is undefined"),
        ({"console_errors": ("TypeError",), "refused": ("GET https://cdn/app.js",)}, HOLD, "TypeError; which may"),
        ({"console_errors": ("TypeError",), "refused": ("GET https://cdn/app.js",)}, HOLD, "GET https://cdn/app.js"),
        ({"refused": ("GET https://cdn/app.js",)}, GO, "no error"),
    ],
)
def test_an_error_in_the_console_is_stop(changes: dict[str, object], verdict: Verdict, word: str) -> None:
    says(console_must_be_clean(page(**changes)), verdict, word)


@pytest.mark.parametrize(
    ("changes", "verdict", "word"),
    [
        (
            {"failed_requests": ("GET http://portal/config.json: 500",)},
            STOP,
            "1 failed request: GET http://portal/config.json: 500",
        ),
        ({"requests": 0}, HOLD, "made no request"),
    ],
)
def test_a_failed_request_is_stop(changes: dict[str, object], verdict: Verdict, word: str) -> None:
    says(requests_must_succeed(page(**changes)), verdict, word)


def test_a_picture_that_was_not_kept_is_hold() -> None:
    says(picture_must_be_kept(page(picture=None, unpictured="it shows the token")), HOLD, "it shows the token")
    says(picture_must_be_kept(page(picture=None)), HOLD, "none was taken")
    says(picture_must_be_kept(page()), GO, "portal-teams.png")


@pytest.mark.parametrize(
    ("its", "verdict", "word"),
    [
        (suite(("org-chart › teams", "expected")), GO, "1 test passed"),
        (suite(), HOLD, "no test of this flow"),
        (suite(("org-chart › teams", "skipped")), HOLD, "skipped"),
        (suite(("org-chart › teams", "flaky")), HOLD, "passed only on a retry"),
        (suite(("org-chart › teams", "interrupted")), HOLD, "interrupted"),
        (suite(("org-chart › teams", "unexpected")), STOP, '"org-chart › teams" failed'),
        (suite(("a", "expected"), ("b", "unexpected"), ("c", "flaky")), STOP, '"b" failed'),
        (suite(("a", "expected"), errors=1), HOLD, "1 error of the portal's suite outside its tests"),
        (suite(("a", "expected"), began_at=ago(700)), HOLD, "before the flip"),
        (suite(("a", "expected"), began_at=ago(600)), HOLD, "before the flip"),
        (suite(("a", "expected"), began_at=ago(-60)), HOLD, "in the future"),
        (suite(("a", "expected"), began_at=ago(0)), GO, "1 test passed"),
    ],
)
@pytest.mark.parametrize("judge", GATES)
def test_the_portal_teams_own_suite_decides_where_it_is_the_source(
    judge: Callable[..., Judgement], its: Observation[FlowSeen], verdict: Verdict, word: str
) -> None:
    says(judge(its), verdict, word)
