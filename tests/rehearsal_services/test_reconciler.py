"""Claims about the reconciler: it compares, and tells every tenant and table."""

from collections.abc import Callable, Iterator
from typing import LiteralString

import pytest

from flipgate.rehearsal.services.seed import TENANTS, TEST_ORG
from tests.rehearsal_services.world import Running, World, until

TABLES = ("org_units", "org_unit_memberships")


@pytest.fixture
def drift(reconciler: Running) -> Callable[[], tuple[float | None, ...]]:
    def after_a_pass() -> tuple[float | None, ...]:
        reconciler.http.post("/-/pass").raise_for_status()
        return tuple(reconciler.value("dualwrite_open_drift", tenant=TEST_ORG, table=table) for table in TABLES)

    return after_a_pass


@pytest.fixture(autouse=True)
def _rows_as_they_were(world: World) -> Iterator[None]:
    tables = ("teams", "pillars", "team_memberships", *TABLES)
    saved = {table: world.rows(table) for table in tables}
    yield
    for table, rows in saved.items():
        world.refill(table, rows)


def test_every_tenant_and_table_has_a_series_that_reads_zero(reconciler: Running) -> None:
    reconciler.http.post("/-/pass").raise_for_status()
    for tenant in TENANTS:
        for table in TABLES:
            assert reconciler.value("dualwrite_open_drift", tenant=tenant.id, table=table) == 0


ANOTHER_NAME = """
    update org_units set name = 'other' where id = (select min(id) from teams where tenant_id = %(org)s)"""
ANOTHER_PILLAR = """
    update org_units set parent_id = 'other' where id = (select min(id) from teams where tenant_id = %(org)s)"""
ONE_MEMBERSHIP_LESS = """
    delete from org_unit_memberships where ctid =
        (select ctid from org_unit_memberships where tenant_id = %(org)s limit 1)"""
ANOTHER_LEAD = """
    update teams set lead_member_id = (select max(member_id) from team_memberships m where m.team_id = teams.id)
    where id = (
        select team_id from team_memberships where tenant_id = %(org)s group by team_id having count(*) > 2 limit 1)"""


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("delete from org_units where id = (select min(id) from teams where tenant_id = %(org)s)", (1, 0)),
        (ONE_MEMBERSHIP_LESS, (0, 1)),
        (ANOTHER_NAME, (1, 0)),
        (ANOTHER_PILLAR, (1, 0)),
        ("insert into org_units values ('surplus', %(org)s, null, 'pillar', 'surplus', now())", (1, 0)),
        ("delete from pillars where id = (select min(id) from pillars where tenant_id = %(org)s)", (1, 0)),
        (ANOTHER_LEAD, (0, 2)),
    ],
)
def test_a_row_that_differs_counts(
    world: World, drift: Callable[[], object], change: LiteralString, found: tuple[int, int]
) -> None:
    world.sql(change, org=TEST_ORG)
    assert drift() == found


def test_passes_go_on_by_themselves(reconciler: Running) -> None:
    before = reconciler.value("dualwrite_last_pass_timestamp_seconds") or 0
    assert until(lambda: (reconciler.value("dualwrite_last_pass_timestamp_seconds") or 0) > before)


def test_the_lived_passes_are_a_minute_apart(reconciler: Running) -> None:
    (passes,) = [one for one in reconciler.live(600) if one["name"] == "dualwrite_last_pass_timestamp_seconds"]
    assert passes["type"] == "gauge"
    assert len(set(passes["values"])) in {10, 11}
    assert passes["values"] == sorted(passes["values"])


def test_a_stalled_reconciler_tells_an_old_pass(reconciler: Running) -> None:
    reconciler.behave(stalled=True)
    before = reconciler.value("dualwrite_last_pass_timestamp_seconds") or 0
    reconciler.live(7200)
    assert reconciler.value("dualwrite_last_pass_timestamp_seconds") == pytest.approx(before - 7200)
