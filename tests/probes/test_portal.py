"""A browser looks at a portal: a page of three flows' worth of tricks, served for real."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from flipgate.config.environment import Environment, Gateway, OrgV23, Portal, PortalFlow
from flipgate.config.secret import Secret
from flipgate.core.clock import Clock
from flipgate.core.errors import Ambiguous, NoAnswer, NoData, NotConfigured, Unreachable
from flipgate.core.facts.portal import PageSeen
from flipgate.evidence.canonical import digest
from flipgate.probes.readings.portal import flow_seen
from flipgate.probes.systems import Systems
from flipgate.safety.chromium import chromium
from tests.unit.gates.given import ago

TOKEN = "-".join(["token", "of", "a", "viewer"])
ITEM = "session"
PATIENCE_S = 1.0
TEAMS = "upsquad.tenant.v1.TenantService/ListTeams"
NAMES = ["Zürich Billing", "İzmir  Größen", "Nordlicht"]
LIST = "<ul aria-label=Teams>" + "".join(
    f"<li data-id=t-{i}><b data-testid=name>{n}</b> lead</li>" for i, n in enumerate(NAMES)
)
FLOW = PortalFlow(
    path="/teams", listing="role:list:Teams", record="role:listitem", record_name="test-id:name", record_id="data-id"
)


@pytest.fixture
def browser() -> Path:
    """The browser of this machine."""
    try:
        return chromium()
    except Unreachable as error:
        pytest.skip(str(error))


needs_browser = pytest.mark.usefixtures("browser")


@dataclass
class Site:
    """A portal and its gateway on one server; `body` is the page, `teams` what the API answers, page after page."""

    server: HTTPServer
    body: str = LIST
    teams: list[list[dict[str, str]]] = field(
        default_factory=lambda: [[{"id": f"t-{index}", "name": name} for index, name in enumerate(NAMES)]]
    )
    flow: PortalFlow = FLOW
    posted: list[str] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)

    def serve(self) -> Systems:
        self.server.expect_request("/teams").respond_with_handler(
            lambda _: Response(self.body, content_type="text/html; charset=utf-8")
        )
        self.server.expect_request("/bad.js").respond_with_data("gone", 410)
        self.server.expect_request(f"/api/{TEAMS}", "POST").respond_with_handler(self._teams)
        self.server.expect_request("/write", "POST").respond_with_handler(self._noted)
        url = self.server.url_for("").rstrip("/")
        token = Secret(TOKEN, "env:TOKEN")
        return Systems(
            Environment(
                name="dev",
                tier="dev",
                runbooks=("org_v23",),
                gateway=Gateway(url=f"{url}/api", token=token, job="gateway"),
                portal=Portal(url=url, token=token, token_item=ITEM, flows={"ListTeams": self.flow}, **self.more),
                org_v23=OrgV23(test_org="a", detect_interval_s=1.0, governance_histogram="h", deployments=("d",)),
            ),
            Clock(),
        )

    def look(self, picture: Path) -> PageSeen:
        page = flow_seen(self.serve(), "ListTeams", ago(60), picture, PATIENCE_S).value.page
        assert page is not None
        return page

    def _teams(self, request: Request) -> Response:
        asked = json.loads(request.data)
        index = int(asked.get("pageToken") or 0)
        last = index + 1 >= len(self.teams)
        answer = {"teams": self.teams[index], "nextPageToken": "" if last else str(index + 1)}
        return Response(json.dumps(answer), content_type="application/json")

    def _noted(self, request: Request) -> Response:
        self.posted.append(request.path)
        return Response("")


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    return Site(httpserver)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return tmp_path / "portal.png"


@needs_browser
def test_a_list_is_read_by_id_and_name_and_pictured(site: Site, picture: Path) -> None:
    page = site.look(picture)
    assert (page.shown, page.listed, page.missing, page.added, page.pages, page.pending) == (3, 3, 0, 0, 1, 0)
    assert (page.console_errors, page.failed_requests, page.refused) == ((), (), ())
    assert page.picture is not None
    assert (page.picture.picture, page.picture.sha256) == ("portal.png", digest(picture.read_bytes()))


@needs_browser
def test_pages_are_turned_to_the_last_on_both_sides(site: Site, picture: Path) -> None:
    first, *rest = site.teams[0]
    site.teams = [[first], rest]
    rows = json.dumps(LIST.split("<li")[1:])
    site.body = f"""<ul aria-label=Teams></ul><button>More</button><script>
        const rows = {rows}; let at = 0; const more = document.querySelector("button");
        const list = document.querySelector("ul");
        more.onclick = () => {{ list.innerHTML = "<li" + rows[at++]; more.hidden = at == rows.length }};
        more.onclick()</script>"""
    site.flow = PortalFlow(
        path="/teams",
        listing="role:list",
        record="role:listitem",
        record_name="test-id:name",
        next_page="role:button:More",
    )
    page = site.look(picture)
    assert (page.shown, page.listed, page.missing, page.added, page.pages) == (3, 3, 0, 0, 3)


@needs_browser
@pytest.mark.parametrize(
    ("body", "shown", "missing", "added"),
    [
        (LIST.replace("t-1", "t-9"), 3, ("t-1 İzmir  Größen",), ("t-9 İzmir  Größen",)),
        (LIST.replace("İzmir  Größen", "İzmir Größen"), 3, ("t-1 İzmir  Größen",), ("t-1 İzmir Größen",)),
        (LIST + "<li data-id=t-2><b data-testid=name>Nordlicht</b></li>", 4, (), ("t-2 Nordlicht",)),
        ("<ul aria-label=Teams><li data-id=t-0>Loading…</li></ul>", 1, None, ("t-0 Loading…",)),
        ("<h1>Teams</h1>", 0, None, ()),
    ],
)
def test_what_is_not_the_apis_is_named(
    site: Site, picture: Path, body: str, shown: int, missing: tuple[str, ...] | None, added: tuple[str, ...]
) -> None:
    site.body = body
    page = site.look(picture)
    assert (page.shown, page.added_names) == (shown, added)
    assert missing is None or page.missing_names == missing
    assert page.missing + page.added > 0


@needs_browser
def test_a_missing_favicon_is_no_error_and_other_errors_are(site: Site, picture: Path) -> None:
    site.body = (
        "<link rel=icon href=/favicon.ico><script src=/bad.js></script>"
        "<script>console.error('broken for ' + localStorage.session);"
        "setTimeout(() => { throw Error('uncaught') })</script>" + LIST
    )
    page = site.look(picture)
    assert page.failed_requests == (f"GET {site.server.url_for('/bad.js')}: 410",)
    assert "broken for ***" in page.console_errors
    assert "uncaught" in page.console_errors
    assert [one for one in page.console_errors if "favicon" in one or TOKEN in one] == []


@needs_browser
def test_what_is_no_read_and_every_other_origin_is_refused(site: Site, picture: Path) -> None:
    site.body = (
        LIST + "<script>const tries = [['/write', 'POST'], ['/teams', 'DELETE'], ['http://other.invalid/x', 'GET']];"
        "for (const [url, method] of tries) fetch(url, {method}).catch(() => {});"
        "new WebSocket('ws://' + location.host + '/socket')</script>"
    )
    page = site.look(picture)
    assert [one.partition(" ")[0] for one in sorted(page.refused)] == ["DELETE", "GET", "POST"]
    assert site.posted == []
    assert page.console_errors == ()


@needs_browser
def test_a_page_that_shows_the_token_is_not_pictured(site: Site, picture: Path) -> None:
    site.body = LIST + "<input id=i><script>i.value = localStorage.session</script>"
    page = site.look(picture)
    assert (page.picture, picture.exists(), "token" in page.unpictured) == (None, False, True)


@needs_browser
def test_dialogs_and_windows_hold_nothing_up(site: Site, picture: Path) -> None:
    site.body = "<script>alert(1); confirm(2); window.open('/teams')</script>" + LIST
    assert site.look(picture).missing == 0


@needs_browser
def test_an_api_that_changes_meanwhile_is_asked_again(site: Site, picture: Path) -> None:
    site.body = LIST.replace("Nordlicht", "Südlicht")
    answers = iter([site.teams[0], [*site.teams[0], {"id": "t-3", "name": "New"}]])
    site.teams = Changing(answers)  # type: ignore[assignment]
    with pytest.raises(Ambiguous, match="changed while the page was looked at"):
        site.look(picture)


class Changing:
    """A list of one page that is another one each time."""

    def __init__(self, answers: Any) -> None:
        self._answers = answers

    def __len__(self) -> int:
        return 1

    def __getitem__(self, _: int) -> list[dict[str, str]]:
        return list(next(self._answers))


@needs_browser
def test_a_portal_that_is_away_is_no_answer(site: Site, picture: Path) -> None:
    site.server.expect_request(f"/api/{TEAMS}", "POST").respond_with_json({"teams": site.teams[0]})
    systems = site.serve()
    block = systems.environment.portal
    assert block is not None
    away = Portal(url="http://127.0.0.1:9", token=block.token, token_item=ITEM, flows=block.flows)
    gone = Systems(Environment(**{**fields(systems.environment), "portal": away}), Clock())
    with pytest.raises(Unreachable, match="ERR_"):
        flow_seen(gone, "ListTeams", ago(60), picture)


def test_without_a_browser_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="not a program that can be run"):
        chromium({"FLIPGATE_CHROMIUM": str(tmp_path)})


def test_a_flow_that_nobody_describes_is_no_data(site: Site, picture: Path) -> None:
    systems = site.serve()
    with pytest.raises(NoData, match="no flow is called 'Payroll'"):
        flow_seen(systems, "Payroll", ago(60), picture)
    bare = Systems(Environment(name="dev", tier="dev", runbooks=("org_v23",)), Clock())
    with pytest.raises(NotConfigured, match=r"\[portal\]"):
        flow_seen(bare, "ListTeams", ago(60), picture)


def report(**changes: object) -> str:
    spec = {"title": "lists every team", "tags": [], "tests": [{"projectName": "chromium", "status": "expected"}]}
    suites = [{"title": "org-chart.spec.ts", "specs": [], "suites": [{"title": "ListTeams", "specs": [spec]}]}]
    whole = {"config": {}, "suites": suites, "errors": [], "stats": {"startTime": "2026-04-26T11:59:00.000Z"}}
    return json.dumps(whole | changes)


@pytest.mark.parametrize(
    ("text", "tests"),
    [
        (report(), (("org-chart.spec.ts › ListTeams › lists every team › chromium", "expected"),)),
        (report(suites=[]), ()),
        (
            report(suites=[{"title": "billing", "specs": [{"title": "ListTeams", "tests": [{"status": "expected"}]}]}]),
            (),
        ),
    ],
)
def test_the_suites_report_is_read_by_grep_and_by_flow(
    site: Site, picture: Path, tmp_path: Path, text: str, tests: object
) -> None:
    (tmp_path / "report.json").write_text(text)
    site.more = {"suite_report": str(tmp_path / "report.json")}
    seen = flow_seen(site.serve(), "ListTeams", ago(600), picture)
    assert (seen.value.page, seen.source) == (None, "portal suite")
    assert seen.value.suite is not None
    assert (seen.value.suite.tests, seen.value.suite.began_at) == (tests, ago(60))


@pytest.mark.parametrize("text", ["", "{}", "[1]", report(stats={"startTime": "yesterday"}), report(suites=[{"a": 1}])])
def test_what_is_no_report_is_no_answer(site: Site, picture: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "report.json").write_text(text)
    site.more = {"suite_report": str(tmp_path / "report.json")}
    with pytest.raises(NoAnswer, match="portal suite"):
        flow_seen(site.serve(), "ListTeams", ago(600), picture)


def fields(environment: Environment) -> dict[str, Any]:
    return {name: getattr(environment, name) for name in environment.__struct_fields__}
