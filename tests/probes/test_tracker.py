"""The tracker: which merged pull request closes an issue, page by page, and is it in the build?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from flipgate.config.environment import Tracker as Block
from flipgate.config.secret import Secret
from flipgate.core.clock import Clock
from flipgate.core.errors import Malformed, NoData, Unreachable
from flipgate.core.facts.tracker import IssueState, Merge
from flipgate.probes.tracker import Tracker

BASE = "/repos/upsquad-ai/upsquad-core"
OPENED, MERGED, CLOSED = "2026-04-01T00:00:00Z", "2026-04-10T00:00:00Z", "2026-04-10T00:00:05Z"
SHA = "a" * 40


def tracker(server: HTTPServer) -> Tracker:
    block = Block(url=server.url_for(""), repository="upsquad-ai/upsquad-core", token=Secret("t0ken", "env:TOKEN"))
    return Tracker(block, Clock())


def issue(**changed: object) -> dict[str, Any]:
    closed = {"state": "closed", "state_reason": "completed", "closed_at": CLOSED}
    return {"number": 686, "title": "J.1: flag metadata", "created_at": OPENED, **closed, **changed}


def pull(number: int = 711, **changed: object) -> dict[str, Any]:
    merged = {"merged_at": MERGED, "updated_at": MERGED, "merge_commit_sha": SHA}
    return {"number": number, "title": "t", "state": "closed", "created_at": OPENED, "body": None, **merged, **changed}


def mentioned(number: int = 711, repository: str = "upsquad-ai/upsquad-core") -> dict[str, Any]:
    source = {**pull(number), "pull_request": {"merged_at": MERGED}, "repository": {"full_name": repository}}
    return {"event": "cross-referenced", "source": {"issue": source}}


def serve(server: HTTPServer, of: dict[str, Any], events: list[Any], pulls: list[Any]) -> Tracker:
    served = {f"{BASE}/issues/686": of, f"{BASE}/issues/686/timeline": events, f"{BASE}/pulls": pulls}
    for path, body in served.items():
        server.expect_request(path).respond_with_data(json.dumps(body), content_type="application/json")
    return tracker(server)


TIES: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "keyword": ([], pull(body="Adds it.\n\nCloses #686")),
    "keyword with a colon": ([], pull(body="FIXED: #686.")),
    "keyword with the repository": ([], pull(body="resolves upsquad-ai/upsquad-core#686")),
    "closing commit": ([{"event": "closed", "commit_id": SHA}], pull()),
    "mention": ([{"event": "labeled"}, mentioned()], pull(body="Part of #686")),
}


@pytest.mark.parametrize("tie", TIES)
def test_a_merged_pull_request_closes_its_issue(httpserver: HTTPServer, tie: str) -> None:
    events, merged = TIES[tie]
    seen = serve(httpserver, issue(), events, [merged]).issues([686]).value
    assert seen == (IssueState(686, "J.1: flag metadata", "closed", "completed", (Merge(711, SHA),)),)


LOOSE: dict[str, tuple[list[Any], dict[str, Any]]] = {
    "another issue": ([], pull(body="Closes #6860, closes #68")),
    "another repository": ([], pull(body="Closes upsquad-ai/other#686")),
    "not merged": ([], pull(body="Closes #686", merged_at=None)),
    "word inside a word": ([], pull(body="encloses #686")),
    "closed by hand": ([{"event": "closed", "commit_id": None}], pull()),
    "mentioned, merged after it closed": ([mentioned()], pull(merged_at="2026-04-11T00:00:00Z")),
    "mentioned from elsewhere": ([mentioned(repository="upsquad-ai/other")], pull()),
    "mentioned, not merged": ([mentioned()], pull(merged_at=None)),
}


@pytest.mark.parametrize("tie", LOOSE)
def test_what_is_no_merge_of_this_issue_is_not_taken_for_one(httpserver: HTTPServer, tie: str) -> None:
    events, other = LOOSE[tie]
    assert serve(httpserver, issue(), events, [other]).issues([686]).value[0].merges == ()


def test_a_mention_does_not_stand_beside_a_real_tie(httpserver: HTTPServer) -> None:
    pulls = [pull(712, merge_commit_sha="b" * 40), pull(711, body="Closes #686")]
    seen = serve(httpserver, issue(), [mentioned(712)], pulls).issues([686]).value
    assert seen[0].merges == (Merge(711, SHA),)


def test_an_open_or_unplanned_issue_is_told_as_it_is(httpserver: HTTPServer) -> None:
    unplanned = serve(httpserver, issue(state_reason="not_planned"), [], []).issues([686]).value[0]
    assert (unplanned.state, unplanned.reason) == ("closed", "not_planned")


def test_an_unknown_issue_is_left_out(httpserver: HTTPServer) -> None:
    httpserver.expect_request(f"{BASE}/issues/686").respond_with_data("{}", 404, content_type="application/json")
    seen = tracker(httpserver).issues([686])
    assert (seen.value, seen.asked) == ((), (f"GET {BASE}/issues/686",))


def test_another_issue_than_the_one_asked_for_is_malformed(httpserver: HTTPServer) -> None:
    with pytest.raises(Malformed, match="#1"):
        serve(httpserver, issue(number=1), [], []).issues([686])


def test_the_list_of_pull_requests_is_walked_no_further_than_the_oldest_issue(httpserver: HTTPServer) -> None:
    old = "2026-03-01T00:00:00Z"
    listed = [[pull(720)], [pull(711, body="Closes #686")], [pull(600, updated_at=old, merged_at=old)], [pull(599)]]

    def page(request: Request) -> Response:
        number = int(request.args.get("page", "1"))
        link = {"Link": f'<{BASE}/pulls?page={number + 1}>; rel="next"'} if number < len(listed) else {}
        return Response(json.dumps(listed[number - 1]), content_type="application/json", headers=link)

    httpserver.expect_request(f"{BASE}/pulls").respond_with_handler(page)
    seen = serve(httpserver, issue(), [], []).issues([686])
    assert seen.value[0].merges == (Merge(711, SHA),)
    assert sum(asked.startswith(f"GET {BASE}/pulls") for asked in seen.asked) == 3


@pytest.mark.parametrize(
    ("status", "contained"), [("ahead", True), ("identical", True), ("behind", False), ("diverged", False)]
)
def test_a_build_holds_a_merge_among_its_ancestors(httpserver: HTTPServer, status: str, *, contained: bool) -> None:
    path = f"{BASE}/compare/{SHA}...v1.2.3"
    httpserver.expect_request(path).respond_with_data(json.dumps({"status": status}), content_type="application/json")
    assert tracker(httpserver).contains("v1.2.3", SHA).value is contained


def test_a_commit_that_the_tracker_does_not_know_is_no_data(httpserver: HTTPServer) -> None:
    httpserver.expect_request(f"{BASE}/compare/{SHA}...abc1234").respond_with_data("{}", 404)
    with pytest.raises(NoData):
        tracker(httpserver).contains("abc1234", SHA)


@pytest.mark.parametrize("name", ["", "..", "a...b", "a/b", "-x", "a b", "a?x"])
def test_what_cannot_be_a_commit_is_not_asked_for(httpserver: HTTPServer, name: str) -> None:
    with pytest.raises(Malformed):
        tracker(httpserver).contains(name, SHA)
    assert httpserver.log == []


def test_a_rate_limit_is_unreachable(httpserver: HTTPServer) -> None:
    headers = {"x-ratelimit-remaining": "0"}
    httpserver.expect_request(f"{BASE}/issues/686").respond_with_data("{}", 403, headers=headers)
    with pytest.raises(Unreachable, match="rate-limited"):
        tracker(httpserver).issues([686])


def filed(number: int, title: str = "Late", body: str | None = None, *labels: str, **more: object) -> dict[str, Any]:
    named = [{"name": label} for label in labels or ("bug",)]
    return {"number": number, "title": title, "body": body, "labels": named, "state": "open"} | {
        "created_at": OPENED,
        **more,
    }


def listed(server: HTTPServer, bugs: list[list[dict[str, Any]]], concerns: list[dict[str, Any]]) -> Tracker:
    """Bugs page by page, concerns on one page."""

    def answer(request: Request) -> Response:
        page = int(request.args.get("page", 1))
        pages = {"bug": bugs, "arch-concern": [concerns]}[request.args["labels"]]
        headers = {"Link": f'<{request.base_url}?labels=bug&page={page + 1}>; rel="next"'} if page < len(pages) else {}
        return Response(json.dumps(pages[page - 1]), content_type="application/json", headers=headers)

    server.expect_request(f"{BASE}/issues").respond_with_handler(answer)
    return tracker(server)


def test_open_issues_are_read_to_the_last_page_and_counted_once(httpserver: HTTPServer) -> None:
    both = filed(3, "x", None, "bug", "arch-concern")
    seen = listed(httpserver, [[filed(1), filed(2)], [both]], [both]).open_issues(("bug", "arch-concern"))
    assert [issue.number for issue in seen.value.issues] == [1, 2, 3]
    assert len(seen.asked) == 3


@pytest.mark.parametrize(
    ("opened", "mention"),
    [
        (filed(1, "TenantService: late"), "tenantservice"),
        (filed(1, "Late", "In the tenant-service, and CONFLICT SERVICE"), "conflictservice"),
        (filed(1, "Late", None, "bug", "service:RbacService"), "rbacservice"),
        (filed(1, "Late", "x" * 60_000 + " GovernanceService"), "governanceservice"),
    ],
)
def test_a_service_is_found_in_title_label_and_body(
    httpserver: HTTPServer, opened: dict[str, Any], mention: str
) -> None:
    (issue,) = listed(httpserver, [[opened]], []).open_issues(("bug",)).value.issues
    assert any(one.endswith(mention) for one in issue.mentions), issue.mentions
    assert all(len(one) <= 31 for one in issue.mentions)


def test_a_title_does_not_run_into_the_body(httpserver: HTTPServer) -> None:
    (issue,) = listed(httpserver, [[filed(1, "The tenant", "service is late")]], []).open_issues(("bug",)).value.issues
    assert issue.mentions == ("service",)


def test_a_pull_request_and_a_closed_issue_are_no_open_issue(httpserver: HTTPServer) -> None:
    pulled = filed(1, pull_request={"merged_at": None})
    closed = {**filed(2), **issue(number=2)}
    assert listed(httpserver, [[pulled, closed]], []).open_issues(("bug",)).value.issues == ()


@pytest.mark.parametrize(
    ("opened", "versions"),
    [
        (filed(1, "v2.54.1 is slow"), ("2.54.1",)),
        (filed(1, "Slow", None, "bug", "release-2.54.1"), ("2.54.1",)),
        (filed(1, "Slow", "since V2.54.1, not in 2.54.0."), ("2.54.1", "2.54.0")),
        (filed(1, "Slow", "since 2.54.10, build 1.2.54.1"), ("2.54.10", "1.2.54.1")),
        (filed(1, "Slow", "since 2026"), ()),
    ],
)
def test_a_version_is_found_in_title_label_and_body(
    httpserver: HTTPServer, opened: dict[str, Any], versions: tuple[str, ...]
) -> None:
    (issue,) = listed(httpserver, [[opened]], []).open_issues(("bug",)).value.issues
    assert issue.versions == versions
