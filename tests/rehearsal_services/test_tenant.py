"""Claims about tenant-service: the two sources of its answers, its pages, and its flags."""

from collections.abc import Iterator

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

from flipgate.rehearsal.services.seed import TENANTS, TEST_ORG
from tests.rehearsal_services.calls import LIST_MEMBERS, LIST_TEAMS, ORG_CHART, Client, client
from tests.rehearsal_services.world import Running, World, until

SHIM, LEGACY = "ListTeams shim path invoked", "ListTeams legacy path"


@pytest.fixture
def calls(tenant: Running) -> Iterator[Client]:
    with client(tenant.ready["grpc"]) as calls:
        yield calls


def last_path(tenant: Running) -> str:
    return str(tenant.records()[-1]["msg"])


def swing(world: World, tenant: Running, calls: Client, value: str, org: str = TEST_ORG) -> None:
    """Flips the flag and waits until this process serves it."""
    wanted = {"true": SHIM, "false": LEGACY}[value]
    world.flag("read_from_org_units", value)

    def served() -> bool:
        calls.call(LIST_TEAMS, org, page_size=1)
        return last_path(tenant) == wanted

    assert until(served)


def everything(calls: Client) -> dict[tuple[str, str], list[bytes]]:
    lists = {
        (tenant.slug, path): [page.SerializeToString() for page in calls.pages(path, tenant.id)]
        for tenant in TENANTS
        for path in (LIST_TEAMS, LIST_MEMBERS)
    }
    charts = {(tenant.slug, ORG_CHART): [calls.call(ORG_CHART, tenant.id).SerializeToString()] for tenant in TENANTS}
    return lists | charts


def test_legacy_and_mirror_answer_the_same_bytes_for_every_tenant(world: World, tenant: Running, calls: Client) -> None:
    swing(world, tenant, calls, "false")
    legacy = everything(calls)
    swing(world, tenant, calls, "true")
    for org in TENANTS:
        swing(world, tenant, calls, "true", org.id)
    assert everything(calls) == legacy


def test_reads_move_the_scan_counters_of_the_tables_they_come_from(
    world: World, tenant: Running, calls: Client
) -> None:
    def scans(table: str) -> int:
        return int(world.sql("select idx_scan from pg_stat_user_tables where relname = %s", table)[0][0])

    swing(world, tenant, calls, "true")
    before = scans("org_units")

    def counted() -> bool:
        calls.call(LIST_TEAMS, TEST_ORG)
        return scans("org_units") > before

    assert until(counted)


@pytest.mark.parametrize("path", [LIST_TEAMS, LIST_MEMBERS])
def test_pages_hold_every_record_once(world: World, calls: Client, path: str) -> None:
    table = {LIST_TEAMS: "teams", LIST_MEMBERS: "members"}[path]
    for tenant in TENANTS:
        pages = list(calls.pages(path, tenant.id))
        ids = [record.id for page in pages for record in getattr(page, table)]
        assert sorted(ids) == sorted(row[0] for row in world.rows(table) if row[1] == tenant.id)
        assert len(pages) == max(1, -(-len(ids) // 100))
        assert len(set(ids)) == len(ids)


def test_several_tenants_need_several_pages() -> None:
    assert sum(tenant.teams > 100 for tenant in TENANTS) >= 4
    assert sum(tenant.members > 200 for tenant in TENANTS) >= 4
    assert len({tenant.members for tenant in TENANTS}) > 8


def test_the_server_holds_pages_at_a_hundred(calls: Client) -> None:
    assert len(calls.call(LIST_TEAMS, TEST_ORG).teams) == 100
    assert len(calls.call(LIST_TEAMS, TEST_ORG, page_size=1000).teams) == 100
    assert len(calls.call(LIST_TEAMS, TEST_ORG, page_size=7).teams) == 7


def test_a_bad_page_is_refused(calls: Client) -> None:
    assert calls.refused(LIST_TEAMS, TEST_ORG, page_size=-1) == "INVALID_ARGUMENT"
    none_of_ours = {"page_token": "ÿ"}
    assert calls.refused(LIST_TEAMS, TEST_ORG, **none_of_ours) == "INVALID_ARGUMENT"


def test_a_call_without_a_tenant_is_refused_and_counted(tenant: Running, calls: Client) -> None:
    before = tenant.value("tenant_requests_total", method="ListTeams", code="INVALID_ARGUMENT") or 0
    assert calls.refused(LIST_TEAMS) == "INVALID_ARGUMENT"
    assert tenant.value("tenant_requests_total", method="ListTeams", code="INVALID_ARGUMENT") == before + 1


def test_the_org_chart_holds_every_team_and_membership(world: World, calls: Client) -> None:
    root = calls.call(ORG_CHART, TEST_ORG).root
    teams = [team for pillar in root.children for team in pillar.children]
    assert (root.id, root.kind) == (TEST_ORG, "org")
    assert {pillar.kind for pillar in root.children} == {"pillar"}
    assert len(teams) == world.sql("select count(*) from teams where tenant_id = %s", TEST_ORG)[0][0]
    members = world.sql("select count(*) from team_memberships where tenant_id = %s", TEST_ORG)[0][0]
    assert sum(len(team.member_ids) for team in teams) == members


def test_the_flag_is_cached_for_its_time_and_no_longer(world: World, tenant: Running, calls: Client) -> None:
    def is_kept() -> bool:
        # From the other value, so that this one was read a moment ago; a slow machine may still need another attempt.
        swing(world, tenant, calls, "true")
        swing(world, tenant, calls, "false")
        world.flag("read_from_org_units", "true")
        calls.call(LIST_TEAMS, TEST_ORG, page_size=1)
        return last_path(tenant) == LEGACY

    assert until(is_kept)
    swing(world, tenant, calls, "true")


def test_living_on_lets_the_cache_expire(world: World, tenant: Running, calls: Client) -> None:
    swing(world, tenant, calls, "false")
    world.flag("read_from_org_units", "true")
    tenant.live(60)
    calls.call(LIST_TEAMS, TEST_ORG, page_size=1)
    assert last_path(tenant) == SHIM


def test_stale_flags_stay_what_they_were(world: World, tenant: Running, calls: Client) -> None:
    swing(world, tenant, calls, "false")
    tenant.behave(stale_flags=True)
    world.flag("read_from_org_units", "true")
    tenant.live(60)
    calls.call(LIST_TEAMS, TEST_ORG, page_size=1)
    assert last_path(tenant) == LEGACY


def test_a_tenants_own_key_wins_over_the_row_and_the_row_over_the_global_key(
    world: World, tenant: Running, calls: Client
) -> None:
    def path_now() -> str:
        tenant.live(60)
        calls.call(LIST_TEAMS, TEST_ORG, page_size=1)
        return last_path(tenant)

    swing(world, tenant, calls, "false")
    insert = "insert into platform_feature_flags values ('read_from_org_units', %s, true, now(), 'operator')"
    world.sql(insert, "global")
    with_row = path_now()
    world.flag("read_from_org_units", "false", TEST_ORG)
    with_own_key = path_now()
    world.flag("read_from_org_units", "True", TEST_ORG)
    with_a_word_that_is_none = path_now()
    world.sql("delete from platform_feature_flags")
    world.unset("read_from_org_units", TEST_ORG)
    assert (with_row, with_own_key, with_a_word_that_is_none) == (SHIM, LEGACY, SHIM)
    assert path_now() == LEGACY


def test_the_bugs_of_the_shim_show_on_its_path_only(world: World, tenant: Running, calls: Client) -> None:
    swing(world, tenant, calls, "false")
    whole = [team.id for page in calls.pages(LIST_TEAMS, TEST_ORG) for team in page.teams]
    tenant.behave(empty_list_teams=True, last_page_missing=True)
    assert len(calls.call(LIST_TEAMS, TEST_ORG).teams) == 100
    swing(world, tenant, calls, "true")
    assert list(calls.call(LIST_TEAMS, TEST_ORG).teams) == []
    tenant.behave(empty_list_teams=False)
    shown = [team.id for page in calls.pages(LIST_TEAMS, TEST_ORG) for team in page.teams]
    assert shown == whole[:100]
    tenant.behave(last_page_missing=False, fallback_to_legacy=True)
    assert [team.id for page in calls.pages(LIST_TEAMS, TEST_ORG) for team in page.teams] == whole
    assert "fallback to legacy" in last_path(tenant)


def test_the_boot_record_names_the_four_flags(tenant: Running) -> None:
    boot = tenant.records()[0]
    flags = ("dual_write_org_units", "read_from_org_units", "cascade_4layer", "new_services_enabled")
    assert boot["msg"] == "orgv23 feature flag posture"
    assert [boot[flag] for flag in flags] == [True, False, False, False]


def test_health_knows_the_empty_and_its_own_names_only(tenant: Running) -> None:
    with grpc.insecure_channel(tenant.ready["grpc"]) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        for name in ("", "upsquad.tenant.v1.TenantService", "upsquad.member.v1.MemberService"):
            answer = health.Check(health_pb2.HealthCheckRequest(service=name), timeout=5)
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
        with pytest.raises(grpc.RpcError, match="NOT_FOUND"):
            health.Check(health_pb2.HealthCheckRequest(service="upsquad.rbac.v1.RbacService"), timeout=5)


def test_reflection_describes_the_services(tenant: Running) -> None:
    with grpc.insecure_channel(tenant.ready["grpc"]) as channel:
        described = ProtoReflectionDescriptorDatabase(channel)
        assert "upsquad.tenant.v1.TenantService" in described.get_services()
        file = described.FindFileContainingSymbol("upsquad.tenant.v1.TenantService")
    assert {method.name for method in file.service[0].method} == {"ListTeams", "GetOrgChart"}
