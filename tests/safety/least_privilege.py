"""The texts of docs/least-privilege.md, put into force on a server of the tests."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import redis

from flipgate.config.environment import Postgres, Redis
from tests.probes.servers import PASSWORD, PostgresServer, RedisServer

_PAGE = (Path(__file__).parents[2] / "docs" / "least-privilege.md").read_text(encoding="utf-8")
_ACL = re.search(r"^user flipgate on >PASSWORD (.*)$", _PAGE, re.MULTILINE)
_SQL = re.search(r"```sql\n(create role flipgate.*?)```", _PAGE, re.DOTALL)


def redis_reader(server: RedisServer, name: str = "flipgate") -> Redis:
    """A user with the rules of the page, and nobody beside named users."""
    assert _ACL is not None
    server.admin.execute_command("ACL", "SETUSER", name, "reset", "on", f">{PASSWORD.reveal()}", *_ACL[1].split())
    return Redis(host="127.0.0.1", port=server.port, username=name, password=PASSWORD, key_prefix="ff:orgv23")


def postgres_reader(server: PostgresServer, database: str, *tables: str) -> Postgres:
    """A database of its own with these tables, and the page's role in it. Roles are the server's: one at a time."""
    assert _SQL is not None
    with server.admin() as admin:
        for (other,) in admin.execute("select datname from pg_database where datname !~ '^(postgres|template.)$'"):
            admin.execute(f'drop database "{other}" with (force)'.encode())
        admin.execute("drop role if exists flipgate")
        admin.execute(f'create database "{database}"')
    with owner(server, database) as admin:
        for table in tables:
            admin.execute(table)
        admin.execute(_SQL[1].replace("database platform", f'database "{database}"'))
    return Postgres(host="127.0.0.1", port=server.port, dbname=database, user="flipgate", password=PASSWORD)


def owner(server: PostgresServer, database: str) -> psycopg.Connection[tuple[object, ...]]:
    """The superuser, in that database."""
    return psycopg.connect(host="127.0.0.1", port=server.port, dbname=database, user="postgres", autocommit=True)


def raw_redis(block: Redis) -> redis.Redis:
    """A client without any guard, with this block's credential."""
    return redis.Redis(
        host=block.host, port=block.port, username=block.username, password=block.password.reveal(), socket_timeout=5
    )
