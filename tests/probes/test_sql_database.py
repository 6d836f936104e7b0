"""The database's rows are read as they are, in world time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from flipgate.core.clock import Clock
from flipgate.core.errors import NoData, Refused, Unreachable
from flipgate.core.window import Window
from flipgate.probes.sql import Database
from tests.probes.org_database import NOON, fill
from tests.probes.servers import PostgresServer, until

HOUR = timedelta(hours=1)
ROWS = """
drop table org_units;
insert into tenants values ('b', 'B', '2026-01-02 00:00Z'),
  ('a', 'A', '2026-01-01 00:00Z'), ('é', 'E', '2026-01-03 00:00Z');
insert into teams values ('t1', 'a', '2026-05-04 11:00Z'), ('t2', 'a', '2026-05-04 12:00Z'),
  ('t3', 'b', '2026-05-04 09:00Z');
insert into team_memberships values ('t1', 'm1', 'a', '2026-05-04 13:00Z');
insert into platform_feature_flags values ('cascade_4layer', 'global', true, '2026-05-04 12:00Z', 'op'),
  ('cascade_4layer', 'o''neil', false, '2026-05-04 12:00Z', 'op'),
  ('another', 'global', true, '2026-05-04 12:00Z', 'op');
insert into policy_conflicts
  select i, 'a', '2026-05-04 11:00Z'::timestamptz + i * interval '10 minutes' from generate_series(0, 11) i;
"""


@pytest.fixture(scope="module")
def filled(postgres_server: PostgresServer) -> PostgresServer:
    fill(postgres_server, ROWS)
    return postgres_server


@pytest.fixture
def database(filled: PostgresServer) -> Iterator[Database]:
    """Its world is one hour ahead of its server."""
    found = Database(filled.block, Clock(offset_s=3600))
    yield found
    found.close()


def test_flag_rows_say_value_scope_time_and_how_to_change_them(database: Database) -> None:
    everyone, tenant = database.flag_rows(["cascade_4layer", "read_from_org_units"]).value
    assert (everyone.surface, everyone.scope, everyone.text, everyone.updated_at) == (
        "database",
        "global",
        "true",
        NOON + HOUR,
    )
    assert (tenant.scope, tenant.text) == ("o'neil", "false")
    assert tenant.command.endswith("WHERE flag = 'cascade_4layer' AND scope = 'o''neil'")
    assert "SET value = {value}" in tenant.command


def test_tenants_come_in_the_order_of_their_code_points(database: Database) -> None:
    rows = database.tenants().value
    assert [row.id for row in rows] == ["a", "b", "é"]
    assert rows[0].created_at == datetime(2026, 1, 1, 1, tzinfo=UTC)


def test_table_states_tell_missing_and_empty_apart(database: Database) -> None:
    seen = database.table_states(["teams", "org_units", "pillars"])
    teams, missing, empty = seen.value
    assert (teams.exists, teams.rows, teams.newest) == (True, 3, NOON + HOUR)
    assert (missing.name, missing.exists, missing.rows) == ("org_units", False, None)
    assert (empty.exists, empty.rows, empty.newest) == (True, 0, None)
    assert "from teams" in seen.asked[0]


def test_a_table_is_named_plainly_or_not_at_all(database: Database) -> None:
    with pytest.raises(Refused):
        database.table_states(["teams; drop table teams"])


def test_scans_count_reads_of_both_kinds(database: Database, filled: PostgresServer) -> None:
    before = database.scans(["teams"]).value["teams"]
    with filled.admin() as admin:
        for _ in range(3):
            admin.execute("select * from teams where id = 'x'")
    until(lambda: database.scans(["teams"]).value["teams"] >= before + 3)


def test_scans_of_a_missing_table_are_no_data(database: Database) -> None:
    with pytest.raises(NoData, match="org_units"):
        database.scans(["teams", "org_units"])


def test_conflicts_are_counted_by_the_hour_of_the_window(database: Database) -> None:
    window = Window(NOON, NOON + 2 * HOUR)
    seen = database.conflicts_per_hour(window)
    assert seen.value == 6
    assert seen.window == window
    assert database.conflicts_per_hour(Window(NOON + 2 * HOUR, NOON + 3 * HOUR)).value == 0
    with pytest.raises(NoData):
        database.conflicts_per_hour(Window(NOON, NOON))


def test_team_rows_are_the_tenants_own(database: Database) -> None:
    assert database.team_rows("a").value == 2
    assert database.team_rows("nobody").value == 0


def test_a_record_is_edited_when_its_row_or_its_memberships_are(database: Database) -> None:
    edits = database.edited(["t1", "t3", "m1", "gone"]).value
    assert edits.memberships == {"t1": NOON + 2 * HOUR, "m1": NOON + 2 * HOUR}
    assert edits.own["t3"] == NOON - 2 * HOUR
    assert edits.own["t1"] < NOON + 2 * HOUR


def test_the_servers_time_is_told_in_world_time(database: Database) -> None:
    seen = database.server_time()
    assert abs(seen.value - seen.taken_at) < timedelta(seconds=2)


def test_a_database_says_which_cluster_it_belongs_to(database: Database, filled: PostgresServer) -> None:
    with filled.admin() as admin:
        (cluster,) = admin.execute("select system_identifier::text from pg_control_system()").fetchone() or ("",)
    assert database.itself().value == {"system_identifier": cluster, "database": filled.block.dbname}


def test_a_table_that_is_not_there_is_said_so(database: Database, filled: PostgresServer) -> None:
    with filled.admin() as admin:
        admin.execute("alter table policy_conflicts rename to elsewhere")
    with pytest.raises(Unreachable, match="policy_conflicts"):
        database.conflicts_per_hour(Window(NOON, NOON + HOUR))
    with filled.admin() as admin:
        admin.execute("alter table elsewhere rename to policy_conflicts")
