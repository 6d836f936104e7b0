"""Ways around a read-only database: the door sends none, the transaction and the role refuse each, no row is touched.

The door is tried with the superuser, the role with a client that has no door and opens its transactions for writing.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from msgspec import structs

from flipgate.config.environment import Postgres
from flipgate.core.errors import Refused, Unreachable
from flipgate.safety.postgres import ANSWER_S, Door
from flipgate.safety.tally import counted
from tests.probes.servers import PostgresServer
from tests.safety.least_privilege import owner, postgres_reader

DATABASE = "bypassed"
FLIP = (
    "create function flip() returns boolean language sql volatile security definer as "
    "$$update flags set value = true returning value$$"
)
FLAGS = (
    "create table flags (name text primary key, value boolean)",
    "insert into flags values ('cascade_4layer', false)",
    "create sequence numbers",
    FLIP,
    "create view innocent as select flip() as value",
    "create view calling as select nextval('numbers') as value",
    "create view shouting as select pg_notify('flags', 'refresh') is null as value",
    "create view sleepy as select value from flags, pg_sleep(60)",
)
STATEMENTS = (
    "update flags set value = true",
    "insert into flags values ('x', true)",
    "delete from flags",
    "truncate flags",
    "drop table flags",
    "alter table flags add column x int",
    "with moved as (update flags set value = true returning value) select value from moved",
    "select value into stolen from flags",
    "create table stolen as select value from flags",
    "select value from flags for update",
    "select flip()",
    "select nextval('numbers')",
    "select setval('numbers', 9)",
    "explain analyze update flags set value = true",
    "do $$ begin update flags set value = true; end $$",
    "merge into flags using flags f on false when not matched then insert values ('x', true)",
    "begin; lock table flags in access exclusive mode",
    "copy flags from program 'echo x'",
    "copy flags to program 'cat > /dev/null'",
    "copy flags to '/tmp/flipgate-stolen'",
    "select pg_read_file('/etc/hostname')",
    "select lo_create(0)",
    "select lo_from_bytea(0, 'x')",
    "create temporary table mine (n int)",
    "create schema mine",
    "create role other",
    "set role postgres",
    "set session authorization postgres",
    "alter system set fsync = off",
    "select pg_terminate_backend(pg_backend_pid())",
    "select pg_logical_emit_message(true, 'a', 'b')",
    "select pg_reload_conf()",
)
# What a plain role may do too: only the door stands in the way.
HARMLESS_TO_ROWS = (
    "prepare p as update flags set value = true",
    "vacuum flags",
    "set default_transaction_read_only = off",
    "set session characteristics as transaction read write",
    "begin read write",
    "commit",
    "select set_config('transaction_read_only', 'off', false)",
    "set statement_timeout = 0",
    "notify flags, 'refresh'",
    "select pg_notify('flags', 'refresh')",
    "listen flags",
    "select pg_advisory_lock(1)",
    "select pg_sleep(60)",
    "commit; update flags set value = true",
    "select 1; update flags set value = true",
    "select 1 /* ; */; update flags set value = true",
    "select e'\\'' , flip() , e'\\''",
    'select u&"\\0066lip"()',
    'select "flip"()',
    "select public.flip()",
    "select value from flags, lateral flip() as f",
    "select * from rows from (flip()) as f",
    "select (select flip())",
    "select case when true then flip() end",
    "select array(select flip())",
    "values (flip())",
    "table flags",
    "call flip()",
    "select $$text$$",
    "select flip--()\n()",
    "select '1'::flags",
)


@pytest.fixture(scope="module")
def role(postgres_server: PostgresServer) -> Postgres:
    return postgres_reader(postgres_server, DATABASE, *FLAGS)


@pytest.fixture
def untouched(postgres_server: PostgresServer, role: Postgres) -> Iterator[None]:
    """The witness: no transaction wrote, no row was touched, and what there is is what there was."""
    before = state(postgres_server, role)
    yield
    assert state(postgres_server, role) == before


def state(server: PostgresServer, role: Postgres) -> tuple[object, ...]:
    with owner(server, role.dbname) as admin:
        asked = (
            "select pg_snapshot_xmax(pg_current_snapshot())::text, (select array_agg(f.*::text) from flags f), "
            "(select last_value from numbers), (select count(*) from pg_class), (select count(*) from pg_roles), "
            "(select count(*) from pg_largeobject_metadata), (select count(*) from pg_namespace)"
        )
        row = admin.execute(asked).fetchone()
    assert row is not None
    return row


@pytest.fixture
def superuser(postgres_server: PostgresServer, role: Postgres) -> Iterator[Door]:
    found = Door(structs.replace(postgres_server.block, dbname=role.dbname))
    yield found
    found.close()


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("sql", [*STATEMENTS, *HARMLESS_TO_ROWS])
def test_the_door_does_not_send_it(superuser: Door, sql: str) -> None:
    with pytest.raises(Refused):
        superuser.rows(bool, sql, {})


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("sql", [sql for sql in STATEMENTS if "pg_terminate" not in sql])
def test_the_role_does_not_carry_it(role: Postgres, sql: str) -> None:
    """In a transaction that was opened for writing, by a client of nobody's making."""
    with bare(role) as connection:
        connection.execute("set default_transaction_read_only = off")
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(sql.encode())
    allowed = psycopg.errors.InsufficientPrivilege, psycopg.errors.FeatureNotSupported
    assert isinstance(caught.value, allowed)


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("view", ["innocent", "calling"])
def test_a_view_that_writes_gets_past_the_words_and_no_further(superuser: Door, view: str) -> None:
    with pytest.raises(Unreachable, match="read-only transaction"):
        superuser.rows(bool, f"select value from {view}", {})  # noqa: S608


def test_a_notification_out_of_a_view_is_never_sent(
    superuser: Door, postgres_server: PostgresServer, role: Postgres
) -> None:
    """It gives the transaction an id, so that the door knows; and is rolled back with it."""
    with owner(postgres_server, role.dbname) as listener:
        listener.execute("listen flags")
        before = counted()[superuser.address].writes if superuser.address in counted() else 0
        assert superuser.rows(bool, "select value from shouting", {}) == (False,)
        assert list(listener.notifies(timeout=0.3)) == []
        assert counted()[superuser.address].writes in (before, before + 1)


def test_two_statements_are_refused_by_the_protocol_itself(role: Postgres) -> None:
    with bare(role) as connection, pytest.raises(psycopg.errors.SyntaxError, match="multiple commands"):
        connection.execute("select 1; select 2", (), binary=True)


def bare(role: Postgres) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(
        host=role.host,
        port=role.port,
        dbname=role.dbname,
        user=role.user,
        password=role.password.reveal(),
        autocommit=True,
    )


@pytest.mark.usefixtures("untouched")
def test_a_statement_is_cancelled_where_the_servers_time_out_was_lost(
    postgres_server: PostgresServer, role: Postgres
) -> None:
    """As behind a pooler that drops what a connection asks for: here a relay that sets the time-out to nought."""
    with relayed(role.port, f"statement_timeout={ANSWER_S}s".encode(), b"statement_timeout=0s") as port:
        door = Door(structs.replace(postgres_server.block, dbname=role.dbname, port=port))
        began = time.monotonic()
        with pytest.raises(Unreachable):
            door.rows(bool, "select value from sleepy", {})
        assert time.monotonic() - began < ANSWER_S + 5
        with owner(postgres_server, role.dbname) as admin:
            deadline = time.monotonic() + 10
            asked = "select count(*) from pg_stat_activity where query like '%sleepy%' and pid != pg_backend_pid()"
            while admin.execute(asked).fetchone() != (0,) and time.monotonic() < deadline:
                time.sleep(0.05)
            assert admin.execute(asked).fetchone() == (0,)
        door.close()


class relayed:  # noqa: N801  read as a sentence
    """At which port does a relay listen that changes these bytes on their way to the server?"""

    def __init__(self, port: int, said: bytes, heard: bytes) -> None:
        assert len(said) == len(heard)
        self._port, self._said, self._heard = port, said, heard
        self._listener = socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> int:
        threading.Thread(target=self._accept, daemon=True).start()
        return int(self._listener.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._port))
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with source, sink:
            try:
                while data := source.recv(65536):
                    sink.sendall(data.replace(self._said, self._heard))
            except OSError:
                return
