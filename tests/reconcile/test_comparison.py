"""Every way in which a mirror can differ is counted once, for its tenant, in its column."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from flipgate.core.clock import Clock
from flipgate.core.errors import Refused, Unreachable
from flipgate.reconcile.comparison import Comparer
from flipgate.reconcile.figures import LISTED, TenantFigures
from flipgate.safety.postgres import Door
from tests.probes.servers import PostgresServer
from tests.reconcile.organisation import CREATED, change, compared

CLEAN = {"acme": (0, 0, 0, 0), "zeta": (0, 0, 0, 0)}


def by_tenant(server: PostgresServer) -> dict[str, tuple[int, ...]]:
    return {tenant.name: tenant.counts for tenant in compared(server).listed}


def more_tenants(server: PostgresServer, count: int) -> None:
    with server.admin() as admin:
        admin.execute("insert into tenants select 'n' || i, i, now(), now() from generate_series(1, %s) i", [count])


def test_a_whole_mirror_has_no_drift(database: PostgresServer) -> None:
    seen = compared(database)
    assert (seen.scanned, seen.drifting, seen.gate, seen.since) == (2, 0, "PASS", CREATED)
    assert {tenant.name: tenant.counts for tenant in seen.listed} == CLEAN
    assert (seen.totals.counts, seen.unlisted) == ((0, 0, 0, 0), 0)


@pytest.mark.parametrize(
    ("sql", "differs"),
    [
        ("delete from org_units where id = 't1'", {"acme": (1, 0, 0, 0)}),
        ("delete from org_units where kind = 'pillar'", {"acme": (1, 0, 0, 0), "zeta": (1, 0, 0, 0)}),
        ("delete from org_unit_memberships where member_id = 'm5'", {"zeta": (0, 0, 1, 0)}),
        ("delete from teams where id = 't2'", {"acme": (0, 1, 0, 0)}),
        ("delete from team_memberships where member_id = 'm4'", {"zeta": (0, 0, 0, 1)}),
        ("update org_units set name = 'Nord' where id = 't1'", {"acme": (0, 1, 0, 0)}),
        ("update org_units set name = 'North ' where id = 't1'", {"acme": (0, 1, 0, 0)}),
        ("update org_units set parent_id = 'pz' where id = 't1'", {"acme": (0, 1, 0, 0)}),
        ("update org_units set parent_id = null where id = 't1'", {"acme": (0, 1, 0, 0)}),
        ("update org_units set parent_id = 'pz' where id = 'pa'", {"acme": (0, 1, 0, 0)}),
        ("update org_units set kind = 'pillar' where id = 't1'", {"acme": (0, 1, 0, 0)}),
        ("update org_unit_memberships set role = 'guest' where member_id = 'm2'", {"acme": (0, 0, 0, 2)}),
        ("update org_unit_memberships set role = 'member' where member_id = 'm1'", {"acme": (0, 0, 0, 1)}),
        ("update org_units set tenant_id = 'z' where id = 't1'", {"acme": (1, 0, 0, 0), "zeta": (0, 1, 0, 0)}),
        ("update org_units set tenant_id = 'gone' where id = 't1'", {"acme": (1, 0, 0, 0), "gone": (0, 1, 0, 0)}),
        ("update org_units set updated_at = now()", {}),
        ("update team_memberships set updated_at = now()", {}),
    ],
)
def test_what_differs_is_counted(database: PostgresServer, sql: str, differs: dict[str, tuple[int, ...]]) -> None:
    change(database, sql)
    assert by_tenant(database) == CLEAN | differs
    assert compared(database).drifting == len(differs)


def test_drift_of_no_tenant_is_drift_though_none_is_scanned_for_it(database: PostgresServer) -> None:
    change(database, "insert into org_units values ('lost', 'gone', null, 'pillar', 'Lost', now())")
    seen = compared(database)
    assert (seen.scanned, seen.drifting, seen.gate) == (2, 1, "FAIL")


def test_no_tenant_at_all_is_no_drift(database: PostgresServer) -> None:
    tables = "tenants, pillars, teams, team_memberships, org_units, org_unit_memberships"
    change(database, f"truncate {tables}")
    seen = compared(database)
    assert (seen.scanned, seen.listed, seen.gate, seen.since) == (0, (), "PASS", None)


def test_of_very_many_tenants_only_those_with_drift_are_named(database: PostgresServer) -> None:
    more_tenants(database, LISTED)
    change(database, "delete from org_units where id = 't3'")
    seen = compared(database)
    assert seen.listed == (TenantFigures("zeta", 1, 0, 0, 0),)
    assert (seen.scanned, seen.drifting, seen.unlisted, seen.gate) == (LISTED + 2, 1, LISTED + 1, "FAIL")


def test_progress_is_told_from_none_to_all_of_them(database: PostgresServer) -> None:
    more_tenants(database, 1998)
    told: list[tuple[int, int]] = []
    door = Door(database.block)
    Comparer(door, Clock(), lambda done, of: told.append((done, of))).compared()
    door.close()
    assert told == [(0, 2000), (1000, 2000), (2000, 2000)]


def test_times_are_those_of_the_world_that_is_judged(database: PostgresServer) -> None:
    assert compared(database, Clock(offset_s=86400)).since == CREATED + timedelta(days=1)


@pytest.mark.parametrize(("ahead_s", "told"), [(10, r"-\d"), (-10, r"\+\d")])
def test_a_clock_that_is_off_is_refused(database: PostgresServer, ahead_s: int, told: str) -> None:
    clock = Clock(machine=lambda: datetime.now(UTC) + timedelta(seconds=ahead_s))
    with pytest.raises(Refused, match=rf"its clock is {told}.* s from this machine's, 2 s are allowed"):
        compared(database, clock)


def test_a_clock_that_is_nearly_right_will_do(database: PostgresServer) -> None:
    clock = Clock(machine=lambda: datetime.now(UTC) + timedelta(seconds=1))
    assert compared(database, clock).gate == "PASS"


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("drop table pillars, team_memberships", "no table pillars, team_memberships: Phase 3 has begun"),
        ("alter table tenants rename to customers", "no table tenants: this is another database"),
        ("drop table org_units", "no table org_units: the mirror was never made"),
    ],
)
def test_tables_that_are_not_there_are_named(database: PostgresServer, sql: str, told: str) -> None:
    change(database, sql)
    with pytest.raises(Refused, match=told):
        compared(database)


def test_a_grant_that_is_missing_is_named(database: PostgresServer) -> None:
    change(database, "drop role if exists half_blind")
    change(database, "create role half_blind login; grant usage on schema public to half_blind")
    change(database, "grant select on all tables in schema public to half_blind; revoke all on teams from half_blind")
    door = Door(structs.replace(database.block, user="half_blind"))
    with pytest.raises(Unreachable, match="permission denied for table teams: grant that to half_blind"):
        Comparer(door, Clock(), lambda _, __: None).compared()
    door.close()
    change(database, "drop owned by half_blind; drop role half_blind")
