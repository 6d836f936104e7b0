"""Claims about the gateway: its gate, its doors, what it counts; and about the traffic that comes through it."""

import time
from collections.abc import Callable

from flipgate.rehearsal.services.seed import TENANTS, TEST_ORG
from tests.rehearsal_services.calls import CHECK, LIST_MEMBERS, LIST_POLICIES, LIST_TEAMS
from tests.rehearsal_services.world import TOKENS, Running, World, until

GATED = (
    "upsquad.orgunit.v1.OrgUnitService/GetTree",
    "upsquad.rbac.v1.RbacService/ListRoles",
    "upsquad.conflict.v1.ConflictService/ListConflicts",
)
LET_IN = {"authorization": f"Bearer {TOKENS['token']}", "x-upsquad-org-id": TEST_ORG}


def test_the_gate_comes_before_authentication(gateway: Running) -> None:
    for path in GATED:
        answer = gateway.http.post(f"/{path}", json={})
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/plain")
        assert "new_services_enabled=false" in answer.text
        assert answer.text.strip().count("\n") == 0
        assert answer.headers["x-upsquad-environment"] == "dev"


def test_the_open_gate_leads_to_authentication(world: World, gateway: Running) -> None:
    world.flag("new_services_enabled", "true")
    assert until(lambda: gateway.http.post(f"/{GATED[0]}", json={}).status_code == 401)


def test_nobody_comes_in_without_the_token(gateway: Running) -> None:
    for headers in ({}, {"authorization": "Bearer other"}):
        answer = gateway.http.post(f"/{LIST_TEAMS}", json={}, headers=headers)
        assert (answer.status_code, answer.json()) == (401, {"code": "unauthenticated"})


def test_answers_are_camel_case_json(gateway: Running) -> None:
    answer = gateway.http.post(f"/{LIST_TEAMS}", json={"pageSize": 3}, headers=LET_IN)
    body = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert len(body["teams"]) == 3
    assert (
        {"id", "name", "pillarId", "leadMemberId", "memberCount"} >= set(body["teams"][0]) >= {"id", "name", "pillarId"}
    )
    following = gateway.http.post(
        f"/{LIST_TEAMS}", json={"page_size": 3, "page_token": body["nextPageToken"]}, headers=LET_IN
    )
    assert {team["id"] for team in following.json()["teams"]}.isdisjoint(team["id"] for team in body["teams"])


def test_a_missing_tenant_and_a_wrong_field_are_invalid_arguments(gateway: Running) -> None:
    bearer = {"authorization": LET_IN["authorization"]}
    without = gateway.http.post(f"/{LIST_MEMBERS}", json={}, headers=bearer)
    wrong = gateway.http.post(f"/{LIST_MEMBERS}", json={"page": 3}, headers=LET_IN)
    assert (without.status_code, without.json()["code"]) == (400, "invalid_argument")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_argument")


def test_an_unknown_path_is_a_raw_404(gateway: Running) -> None:
    answer = gateway.http.post("/upsquad.other.v1.Other/Get", json={}, headers=LET_IN)
    assert answer.status_code == 404
    assert "new_services_enabled" not in answer.text


def test_every_request_is_counted_once(gateway: Running) -> None:
    before = gateway.value("gateway_requests_total", code="200", service="MemberService") or 0
    gateway.http.post(f"/{LIST_MEMBERS}", json={}, headers=LET_IN).raise_for_status()
    assert gateway.value("gateway_requests_total", code="200", service="MemberService") == before + 1


def test_governance_answers_through_the_gateway(gateway: Running, engine: Running) -> None:
    before = engine.value("governance_check_duration_seconds_count") or 0
    asked = {"memberId": TENANTS[0].member(0), "action": "read", "resource": "team/1"}
    answers = [gateway.http.post(f"/{CHECK}", json=asked, headers=LET_IN).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["verdict"] in {"ALLOW", "DENY"}
    assert answers[0]["layers"] == 3
    assert engine.value("governance_check_duration_seconds_count") == before + 2
    policies = gateway.http.post(f"/{LIST_POLICIES}", json={}, headers=LET_IN).json()["policies"]
    assert {"id", "name", "layer", "effect"} == set(policies[0])


def test_an_error_ratio_of_one_fails_everything(gateway: Running) -> None:
    gateway.behave(error_ratio=1.0)
    assert gateway.http.post(f"/{LIST_TEAMS}", json={}, headers=LET_IN).status_code == 503


def _stands(count: Callable[[], float]) -> bool:
    """Has it stayed as it is over many times the pause between two requests?"""
    seen = count()
    ends = time.monotonic() + 1.0
    while time.monotonic() < ends and count() == seen:
        time.sleep(0.1)
    return count() == seen


def test_traffic_flows_writes_both_sides_and_stops_when_told(world: World, gateway: Running) -> None:
    traffic = world.start("traffic", "traffic", gateway=gateway.ready["http"])

    def served() -> float:
        return traffic.value("traffic_requests_total", code="200") or 0

    newest = "select max(updated_at) from team_memberships union all select max(updated_at) from org_unit_memberships"
    assert until(lambda: served() > 8)
    assert until(lambda: len({row[0] for row in world.sql(newest)}) == 1)
    age_s = world.sql("select extract(epoch from now() - max(updated_at)) from org_unit_memberships")[0][0]
    assert age_s < 5
    gateway.behave(requests_per_minute=0)
    assert until(lambda: _stands(served))
    assert traffic.end() == 0
