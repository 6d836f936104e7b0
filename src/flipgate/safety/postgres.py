"""The only door to PostgreSQL: a question is a plain SELECT, in a read-only transaction of its own or of one snapshot.

Three things refuse a write before any privilege does: what the statement consists of, the extended protocol (one
statement at a time), and the transaction's own READ ONLY, which is rolled back. After each answer the server is asked
whether the transaction was given an id: one that was has written.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import psycopg
from psycopg.rows import args_row, scalar_row

from flipgate.core.errors import Refused, Unreachable, visible
from flipgate.safety.statements import plain_select
from flipgate.safety.tally import count

if TYPE_CHECKING:
    from flipgate.config.environment import Postgres

T = TypeVar("T")

CONNECT_S, ANSWER_S, LOCK_S = 2, 5, 1
# Compiling a question takes longer than asking it: its cost is a guess that counts rows which never come.
_READ_ONLY = f"-c lock_timeout={LOCK_S}s -c default_transaction_read_only=on -c jit=off"
_CHUNK_ROWS = 1000


_WRITTEN = "select txid_current_if_assigned() is not null"


class _Connection(psycopg.Connection[object]):
    """Gives up a wait that outlives the server's own time-out: a server that hangs does not hang the suite.

    Where the server's time-out was lost on the way (a pooler drops it), the statement is cancelled.
    """

    answer_s = ANSWER_S

    def wait(self, gen, interval=0.1, timeout=None):  # type: ignore[no-untyped-def]
        try:
            return super().wait(gen, interval, self.answer_s + 1 if timeout is None else timeout)
        except psycopg.OperationalError:
            if timeout is None and self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                self._try_cancel(timeout=CONNECT_S)
            raise


class Snapshot:
    """One state of the database, however many questions are asked of it."""

    def __init__(self, connection: psycopg.Connection[object], address: str) -> None:
        self._connection, self._address = connection, address

    def rows(self, kind: Callable[..., T], sql: str, params: Mapping[str, object]) -> tuple[T, ...]:
        """What does this SELECT answer? Each row is `kind` of its columns. Errors: Refused, psycopg's own."""
        self._must_be_plain(sql)
        with self._connection.cursor(row_factory=args_row(kind)) as cursor:
            # binary asks for the extended protocol, also where there is no parameter
            return tuple(cursor.execute(sql, params, prepare=False, binary=True).fetchall())

    def streamed(self, kind: Callable[..., T], sql: str) -> Iterator[T]:
        """What does this SELECT answer, row by row, in memory that does not grow with their number?"""
        self._must_be_plain(sql)
        with self._connection.cursor(row_factory=args_row(kind)) as cursor:
            yield from cursor.stream(sql, binary=True, size=_CHUNK_ROWS)

    def has_written(self) -> bool:
        """Did the server give this transaction an id? It does so with its first write, and never for a read."""
        with self._connection.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(_WRITTEN, prepare=False, binary=True).fetchone() is not False

    def _must_be_plain(self, sql: str) -> None:
        try:
            plain_select(sql)
        except Refused:
            count(self._address, refused=1)
            raise
        count(self._address, calls=1)


class Door:
    """Asks one database; connects with the first question, and again after a lost connection.

    `answer_s`: how long one question may take. `work_mem_mb`: what the server may use for each sort or hash of it,
    where its own setting is not enough.
    """

    def __init__(self, block: Postgres, answer_s: int = ANSWER_S, work_mem_mb: int | None = None) -> None:
        self.address = f"postgresql {block.host}:{block.port}/{block.dbname}"
        self._block, self._answer_s = block, answer_s
        memory = f" -c work_mem={work_mem_mb}MB" if work_mem_mb else ""
        self._settings = f"-c statement_timeout={answer_s}s {_READ_ONLY}{memory}"
        self._connection: psycopg.Connection[object] | None = None
        self.turn = threading.RLock()

    def rows(self, kind: Callable[..., T], sql: str, params: Mapping[str, object]) -> tuple[T, ...]:
        """What does this SELECT answer? Each row is `kind` of its columns. One transaction, one snapshot.

        Errors: Refused for anything that is not a plain SELECT; Unreachable when it is away, says no or hangs.
        """
        with self.snapshot(sql) as snapshot:
            return snapshot.rows(kind, sql, params)

    @contextmanager
    def snapshot(self, asked: str = "") -> Iterator[Snapshot]:
        """Which state of the database do these questions share? Nothing of it is kept: it is rolled back at the end.

        Errors: Unreachable when it is away, says no or hangs, with what was asked.
        """
        try:
            with self.turn, self._transaction() as connection:
                found = Snapshot(connection, self.address)
                yield found
                count(self.address, writes=int(found.has_written()))
        except psycopg.Error as error:
            if not error.sqlstate or isinstance(error, psycopg.OperationalError):
                self.close()
            seen = visible(str(error) or type(error).__name__)
            if isinstance(error, psycopg.errors.InsufficientPrivilege):
                seen += f": grant that to {visible(self._block.user)}, which needs SELECT, nothing else"
            raise Unreachable(self.address, seen, asked) from error

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    @contextmanager
    def _transaction(self) -> Iterator[psycopg.Connection[object]]:
        if self._connection is None or self._connection.closed:
            block = self._block
            connection = _Connection.connect(
                host=block.host,
                port=block.port,
                dbname=block.dbname,
                user=block.user,
                password=block.password.reveal(),
                sslmode=block.sslmode,
                connect_timeout=CONNECT_S,
                application_name="flipgate",
                options=self._settings,
            )
            connection.answer_s = self._answer_s
            connection.read_only = True
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            self._connection = connection
        with self._connection.transaction(force_rollback=True):
            yield self._connection
