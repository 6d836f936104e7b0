"""Claims about the new services: what they list, what their health says; and about the refresh of the flag caches."""

import pytest
from grpc_health.v1 import health_pb2

from flipgate.rehearsal.services.seed import TEST_ORG
from tests.rehearsal_services.calls import client
from tests.rehearsal_services.world import TOKENS, Running, World, until

LIST_ROLES = "upsquad.rbac.v1.RbacService/ListRoles"
REFRESH = "/v1/admin/feature-flags/refresh"
ADMIN = {"authorization": f"Bearer {TOKENS['admin_token']}"}


def health(service: Running, name: str) -> str:
    with client(service.ready["grpc"]) as opened:
        call = opened.channel.unary_unary(
            "/grpc.health.v1.Health/Check",
            request_serializer=health_pb2.HealthCheckRequest.SerializeToString,
            response_deserializer=health_pb2.HealthCheckResponse.FromString,
        )
        return str(
            health_pb2.HealthCheckResponse.ServingStatus.Name(call(health_pb2.HealthCheckRequest(service=name)).status)
        )


def test_the_three_services_list_what_the_database_holds(world: World, rbac: Running) -> None:
    (roles,) = world.sql("select count(*) from roles where tenant_id = %s", TEST_ORG)[0]
    (units,) = world.sql("select count(*) from org_units where tenant_id = %s", TEST_ORG)[0]
    (conflicts,) = world.sql("select count(*) from policy_conflicts where tenant_id = %s", TEST_ORG)[0]
    tree, inbox = world.start("new_services", "orgunit-service"), world.start("new_services", "conflict-service")
    with client(rbac.ready["grpc"]) as opened:
        assert len(opened.call(LIST_ROLES, TEST_ORG).roles) == roles
        assert opened.refused(LIST_ROLES) == "INVALID_ARGUMENT"
    with client(tree.ready["grpc"]) as opened:
        root = opened.call("upsquad.orgunit.v1.OrgUnitService/GetTree", TEST_ORG).root
        assert sum(1 + len(pillar.children) for pillar in root.children) == units
    with client(inbox.ready["grpc"]) as opened:
        listed = opened.pages("upsquad.conflict.v1.ConflictService/ListConflicts", TEST_ORG, page_size=5)
        assert sum(len(page.conflicts) for page in listed) == conflicts
    assert (tree.end(), inbox.end()) == (0, 0)


@pytest.mark.parametrize(("lever", "answers"), [("not_serving", "NOT_SERVING"), ("read_fails", "SERVING")])
def test_health_says_what_it_is_told(rbac: Running, lever: str, answers: str) -> None:
    rbac.behave(**{lever: True})
    assert [health(rbac, name) for name in ("", "upsquad.rbac.v1.RbacService")] == [answers, answers]


def test_a_service_that_serves_may_still_fail_every_read(rbac: Running) -> None:
    rbac.behave(read_fails=True)
    with client(rbac.ready["grpc"]) as opened:
        assert opened.refused(LIST_ROLES, TEST_ORG) == "INTERNAL"


def test_only_a_platform_admin_refreshes(gateway: Running) -> None:
    assert gateway.http.post(REFRESH).json()["error"]["code"] == "UNAUTHORIZED"
    low = gateway.http.post(REFRESH, headers={"authorization": f"Bearer {TOKENS['token']}"})
    assert (low.status_code, low.json()["error"]["code"]) == (403, "INSUFFICIENT_CLEARANCE")
    assert gateway.http.get(REFRESH, headers=ADMIN).status_code == 405


def test_a_refresh_reaches_every_process_and_leaves_one_row(world: World, gateway: Running) -> None:
    other = world.start("gateway", "gateway", "gateway-1")
    world.sql("delete from agent_audit_log")

    def shut(running: Running) -> bool:
        return running.http.post(f"/{LIST_ROLES}").status_code == 404

    assert shut(gateway)
    assert shut(other)
    world.flag("new_services_enabled", "true")
    answered = gateway.http.post(REFRESH, headers=ADMIN, json={"reason": "a flip"}).json()
    assert (answered["refreshed"], answered["broadcast"], set(answered)) == (
        True,
        True,
        {"refreshed", "at", "broadcast"},
    )
    assert not shut(gateway)
    assert until(lambda: not shut(other), deadline_s=0.4)
    rows = world.sql("select audit_kind, surface, actor_user_id, actor_clearance, reason from agent_audit_log")
    assert rows == [("config.refresh", "v23-feature-flags", "user_operator", 100, "a flip")]
    assert other.end() == 0
    world.flag("new_services_enabled", "false")
    gateway.http.post(REFRESH, headers=ADMIN).raise_for_status()
    assert shut(gateway)
