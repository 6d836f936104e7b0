"""The database: PostgreSQL with an owner, a role for the services and a role that can only look."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from flipgate.rehearsal.components import programs
from flipgate.rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.processes import Processes

DBNAME = "platform"
OWNER, SERVICES, VERIFIER = "owner", "services", "verifier"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    # Nothing of it outlives the rehearsal, so nothing of it has to survive a crash.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "shared_buffers": "32MB",
    "max_connections": "80",
    "dynamic_shared_memory_type": "mmap",
    "timezone": "UTC",
}
_LOCK_S, _RETRY_S = 5.0, 0.005
_TIMES_SQL = """
    select c.table_name, array_agg(c.column_name::text)
    from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.data_type = 'timestamp with time zone'
    group by c.table_name"""
# What a role needs in order to look and nothing else, as docs/least-privilege.md has it.
READER_ROLE = """
alter role {role} set default_transaction_read_only = on;
alter role {role} set statement_timeout = '30s';
alter role {role} set lock_timeout = '2s';
revoke create, temporary on database {database} from public;
grant connect on database {database} to {role};
revoke create on schema public from public;
revoke execute on all functions in schema public from public;
alter default privileges revoke execute on functions from public;
do $$
declare signature regprocedure;
begin
  for signature in select oid from pg_proc where pronamespace = 'pg_catalog'::regnamespace and proname in (
    'lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lo_unlink', 'lo_truncate', 'lo_truncate64', 'lowrite',
    'lo_import', 'pg_logical_emit_message', 'pg_notify')
  loop
    execute format('revoke execute on function %s from public', signature);
  end loop;
end $$;
"""
READER_TABLES = """
grant usage on schema public to {role};
grant select on all tables in schema public to {role};
"""


@dataclass(frozen=True)
class Postgres:
    """One database server of this rehearsal."""

    folder: Path
    port: int
    processes: Processes
    passwords: dict[str, str] = field(
        default_factory=lambda: {role: token_urlsafe(24) for role in (OWNER, SERVICES, VERIFIER)}, repr=False
    )

    def begin_init(self) -> None:
        """Start making the database cluster."""
        user = _demoted()
        self.folder.mkdir(mode=0o700)
        password_file = self.folder / "password"
        password_file.touch(mode=0o600)
        password_file.write_text(self.passwords[OWNER])
        data = self.folder / "data"
        if user:
            for path in (self.folder, password_file):
                os.chown(path, user.pw_uid, user.pw_gid)
        argv = [str(self._program("initdb")), "-D", str(data), "-U", OWNER, "--pwfile", str(password_file)]
        argv += ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        self.processes.start("initdb", argv, user=user)

    def start(self) -> None:
        """Start the server on the cluster once it is made, and make the database and the roles."""
        self.processes.wait_for_end("initdb")
        (self.folder / "password").unlink()
        argv = [str(self._program("postgres")), "-D", str(self.folder / "data"), "-p", str(self.port)]
        for name, value in _SETTINGS.items():
            argv += ["-c", f"{name}={value}"]
        self.processes.start("postgres", argv, user=_demoted())
        self.processes.wait_until("postgres", self._answers)
        self._make_roles()

    def connect(self, dbname: str = DBNAME) -> psycopg.Connection:
        """A connection of the owner, who is the superuser too."""
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            dbname=dbname,
            user=OWNER,
            password=self.passwords[OWNER],
            application_name="flipgate-rehearsal",
            connect_timeout=5,
            autocommit=True,
        )

    def let_readers_read(self) -> None:
        """Grant what the verifier reads; called once the tables exist."""
        with self.connect() as connection:
            connection.execute(READER_TABLES.format(role=VERIFIER).encode())

    def age(self, seconds: float) -> None:
        """Move every timestamptz of every table into the past; nothing else notices.

        Triggers stay silent, and the statistics do not count it: scan counters are a witness of who reads which table.
        """
        with self.connect() as connection:
            connection.execute("set track_counts = off")
            with self._locked(connection) as tables:
                connection.execute("set local session_replication_role = replica")
                for table, columns in tables.items():
                    moved = sql.SQL(", ").join(
                        sql.SQL("{0} = {0} - make_interval(secs => {1})").format(sql.Identifier(column), seconds)
                        for column in columns
                    )
                    connection.execute(sql.SQL("update {} set {}").format(sql.Identifier(table), moved))
            # Else each ageing would leave every table longer by all of its rows, and every reading of it slower.
            names = sql.SQL(", ").join(map(sql.Identifier, tables))
            connection.execute(sql.SQL("vacuum (truncate false) {}").format(names))

    @contextmanager
    def _locked(self, connection: psycopg.Connection) -> Iterator[dict[str, list[str]]]:
        """A transaction in which nobody else writes; the tables that hold times, each with the columns that do."""
        tables: dict[str, list[str]] = dict(connection.execute(_TIMES_SQL).fetchall())
        names = sql.SQL(", ").join([sql.Identifier(table) for table in tables])
        deadline = time.monotonic() + _LOCK_S
        while True:
            try:
                with connection.transaction():
                    # Never waits while it holds: a writer that has begun would wait for us, and we for it.
                    connection.execute(sql.SQL("lock table {} in share row exclusive mode nowait").format(names))
                    yield tables
                    return
            except psycopg.errors.LockNotAvailable:
                if time.monotonic() > deadline:
                    raise RehearsalError("the database's writers leave no moment to move its rows") from None
                time.sleep(_RETRY_S)

    def _answers(self) -> bool:
        try:
            self.connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _make_roles(self) -> None:
        with self.connect("postgres") as connection:
            connection.execute(f"create database {DBNAME}")
            connection.execute(f"revoke all on database {DBNAME}, postgres, template1 from public")
            for role in (SERVICES, VERIFIER):
                connection.execute(
                    sql.SQL("create role {} login password {}").format(sql.Identifier(role), self.passwords[role])
                )
                connection.execute(f"grant connect on database {DBNAME} to {role}")
        with self.connect() as connection:
            connection.execute(READER_ROLE.format(role=VERIFIER, database=DBNAME).encode())

    def _program(self, name: str) -> Path:
        folder = programs.find(programs.POSTGRES).parent
        if _demoted() and not _reachable_by_others(folder):
            folder = self._copied(folder)
        return folder / name

    def _copied(self, folder: Path) -> Path:
        """A copy of a wheel's PostgreSQL where the database's own uid can reach it, with the libraries beside it."""
        installed, package = folder.parent, folder.parent.parent
        copy = self.folder.with_name("postgres-program")
        if not copy.exists():
            shutil.copytree(installed, copy / package.name / installed.name, symlinks=True)
            for libraries in package.parent.glob(f"{package.name}*.libs"):
                shutil.copytree(libraries, copy / libraries.name, symlinks=True)
        return copy / package.name / installed.name / folder.name


def _demoted() -> pwd.struct_passwd | None:
    """As whom does the server run, where it refuses to run as root?"""
    if os.getuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _reachable_by_others(folder: Path) -> bool:
    return all(part.stat().st_mode & stat.S_IXOTH for part in (folder, *folder.parents))
