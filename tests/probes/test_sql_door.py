"""The door to PostgreSQL lets plain SELECTs pass and nothing else, for a role that may do everything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec import structs

from flipgate.core.errors import Refused, Unreachable
from flipgate.safety.postgres import Door
from flipgate.safety.statements import plain_select
from tests.probes.servers import PostgresServer

WRITES = (
    "update t set n = 2",
    "select set_config('transaction_read_only', 'off', false)",
    "select \"set_config\"('transaction_read_only', 'off', false)",
    "select pg_catalog.set_config('a', 'b', false)",
    "set default_transaction_read_only = off",
    "begin read write",
    "commit; update t set n = 2",
    "select 1; update t set n = 2",
    "with moved as (update t set n = 2 returning n) select n from moved",
    "select n into t2 from t",
    "select n from t for update",
    "select pg_notify('v23_flags_refresh', '')",
    "select pg_advisory_lock(1)",
    "select lo_create(0)",
    "select pg_sleep(10)",
    "select nextval ('s')",
    "select pg_read_file/**/('/etc/hosts')",
    "select E'\\'' , pg_sleep(1) , E'\\''",
    'select U&"\\0070g_sleep"(1)',
    "copy t to program 'id'",
    "explain analyze update t set n = 2",
    "do $$ begin end $$",
    "",
)


@pytest.fixture
def door(postgres_server: PostgresServer) -> Iterator[Door]:
    with postgres_server.admin() as admin:
        admin.execute("drop table if exists t")
        admin.execute("create table t as select 1 as n")
    found = Door(postgres_server.block)
    yield found
    found.close()


def test_a_plain_select_passes(door: Door) -> None:
    assert door.rows(int, "select n from t where n = any(%(wanted)s)", {"wanted": [1, 2]}) == (1,)
    assert door.rows(int, "select count(*) from t", {}) == (1,)
    assert door.rows(str, "select 'for update; it''s only text' from t", {}) == ("for update; it's only text",)


@pytest.mark.parametrize("sql", WRITES)
def test_anything_else_is_refused_before_it_is_sent(sql: str) -> None:
    with pytest.raises(Refused):
        plain_select(sql)


def test_the_transaction_itself_is_read_only(door: Door, postgres_server: PostgresServer) -> None:
    """A view that writes gets past the words, and fails on the transaction."""
    with postgres_server.admin() as admin:
        admin.execute(
            "create or replace function sneak() returns int language sql volatile security definer as "
            "'update t set n = 99 returning n'"
        )
        admin.execute("create or replace view innocent as select sneak() as n")
    with pytest.raises(Unreachable, match="read-only transaction"):
        door.rows(int, "select n from innocent", {})
    assert door.rows(int, "select n from t", {}) == (1,)


@pytest.mark.row("K12")
def test_a_slow_answer_ends_on_time_and_the_door_opens_again(door: Door, postgres_server: PostgresServer) -> None:
    with postgres_server.admin() as admin:
        admin.execute("create or replace view sleepy as select 1 as n from pg_sleep(60)")
    with pytest.raises(Unreachable, match="statement timeout"):
        door.rows(int, "select n from sleepy", {})
    assert door.rows(int, "select n from t", {}) == (1,)


def test_a_locked_table_is_said_so(door: Door, postgres_server: PostgresServer) -> None:
    with postgres_server.admin() as admin, admin.transaction():
        admin.execute("lock table t in access exclusive mode")
        with pytest.raises(Unreachable, match="lock timeout"):
            door.rows(int, "select n from t", {})


def test_the_server_sees_who_asks(door: Door) -> None:
    asked = "select application_name from pg_stat_activity where application_name = %(name)s"
    assert door.rows(str, asked, {"name": "flipgate"}) == ("flipgate",)


def test_two_questions_are_never_one_transaction(door: Door, postgres_server: PostgresServer) -> None:
    door.rows(int, "select n from t", {})
    with postgres_server.admin() as admin:
        idle = admin.execute("select count(*) from pg_stat_activity where state like 'idle in%'").fetchone()
    assert idle == (0,)


def test_a_lost_connection_is_said_so_and_made_anew(door: Door, postgres_server: PostgresServer) -> None:
    door.rows(int, "select n from t", {})
    with postgres_server.admin() as admin:
        admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'flipgate'")
    with pytest.raises(Unreachable):
        door.rows(int, "select n from t", {})
    assert door.rows(int, "select n from t", {}) == (1,)


def test_nobody_there_is_unreachable(free_port: int) -> None:
    block = PostgresServer(free_port).block
    with pytest.raises(Unreachable, match=f"127.0.0.1:{free_port}"):
        Door(block).rows(int, "select 1", {})


def test_a_snapshot_shows_one_state_and_its_rows_may_be_streamed(door: Door, postgres_server: PostgresServer) -> None:
    with door.snapshot() as snapshot, postgres_server.admin() as admin:
        before = snapshot.rows(int, "select count(*) from t", {})
        admin.execute("insert into t select n from generate_series(2, 2500) as more(n)")
        assert list(snapshot.streamed(int, "select n from t")) == [1]
        assert snapshot.rows(int, "select count(*) from t", {}) == before
    with door.snapshot() as snapshot:
        assert list(snapshot.streamed(int, "select n from t order by n")) == list(range(1, 2501))


def test_a_stream_is_held_to_the_same_words(door: Door) -> None:
    with door.snapshot() as snapshot, pytest.raises(Refused):
        list(snapshot.streamed(int, "delete from t returning n"))


@pytest.mark.usefixtures("door")
def test_a_missing_grant_names_who_needs_which(postgres_server: PostgresServer) -> None:
    with postgres_server.admin() as admin:
        admin.execute("drop role if exists onlooker")
        admin.execute("create role onlooker login")
        admin.execute("grant usage on schema public to onlooker")
    looking = Door(structs.replace(postgres_server.block, user="onlooker"))
    with pytest.raises(Unreachable, match=r"permission denied for table t: grant that to onlooker"):
        looking.rows(int, "select n from t", {})
    looking.close()
