"""A few asynchronous connections to the environment's database, opened when needed and replaced when broken."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import LiteralString

import psycopg
from psycopg import AsyncConnection
from psycopg.sql import Composed

from .paging import Row
from .settings import PostgresAddress


class Database:
    """At most `size` connections; `planner` holds the session settings that each is opened with."""

    def __init__(self, address: PostgresAddress, planner: Mapping[str, str] | None = None, size: int = 3) -> None:
        self._address = address
        self._options = " ".join(f"-c {name}={value}" for name, value in (planner or {}).items())
        self._idle: asyncio.LifoQueue[AsyncConnection | None] = asyncio.LifoQueue()
        for _ in range(size):
            self._idle.put_nowait(None)

    async def rows(self, sql: LiteralString | Composed, params: Sequence[object] = ()) -> list[Row]:
        """Which rows does this statement answer? Errors: psycopg.Error; the broken connection is dropped."""
        connection = await self._idle.get()
        try:
            if connection is None or connection.closed:
                connection = await self._connect()
            cursor = await connection.execute(sql, params)
            return await cursor.fetchall() if cursor.description else []
        except psycopg.OperationalError:
            if connection is not None:
                await connection.close()
            connection = None
            raise
        finally:
            self._idle.put_nowait(connection)

    async def close(self) -> None:
        while not self._idle.empty():
            connection = self._idle.get_nowait()
            if connection is not None:
                await connection.close()

    async def _connect(self) -> AsyncConnection:
        a = self._address
        return await AsyncConnection.connect(
            host=a.host, port=a.port, dbname=a.dbname, user=a.user, password=a.password,
            options=self._options, autocommit=True, connect_timeout=5,
        )  # fmt: skip
