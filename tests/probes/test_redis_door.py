"""The door to Redis lets reads pass and nothing else, for a user whom the server would let do everything."""

from __future__ import annotations

import socket
import time

import pytest
import redis

from flipgate.core.errors import Refused
from flipgate.safety.redis import client
from tests.probes.servers import RedisServer

WRITES = (
    ("SET", "k", "x"),
    ("set", "k", "x"),
    ("GETDEL", "k"),
    ("EVAL", "return redis.call('set','k','x')", "0"),
    ("CONFIG SET", "maxmemory", "1"),
    ("ACL SETUSER", "everything", "+@all"),
    ("REPLICAOF", "127.0.0.1", "1"),
    ("PUBLISH", "v23_flags_refresh", "x"),
    ("CLIENT PAUSE", "1"),
    ("CLIENT SETNAME", "another"),
    ("KEYS", "*"),
    ("RESET",),
    ("HELLO", "2", "AUTH", "default", "x"),
    ("AUTH", "default", "x"),
    ("SELECT", "1"),
    ("SHUTDOWN",),
)


@pytest.fixture
def guarded(redis_server: RedisServer) -> redis.Redis:
    redis_server.admin.set("k", "before")
    return client(redis_server.block)


def test_reads_pass(guarded: redis.Redis) -> None:
    assert guarded.get("k") == b"before"
    assert guarded.ping()


@pytest.mark.parametrize("command", WRITES, ids=" ".join)
def test_anything_but_a_named_read_is_refused(
    guarded: redis.Redis, redis_server: RedisServer, command: tuple[str, ...]
) -> None:
    with pytest.raises(Refused):
        guarded.execute_command(*command)
    assert redis_server.admin.get("k") == b"before"


def test_a_pipeline_is_no_way_around_it(guarded: redis.Redis, redis_server: RedisServer) -> None:
    for transaction in (True, False):
        with pytest.raises(Refused):
            guarded.pipeline(transaction=transaction).get("k").set("k", "x").execute()
    assert redis_server.admin.get("k") == b"before"


def test_a_subscription_is_no_way_around_it(guarded: redis.Redis) -> None:
    with pytest.raises(Refused):
        guarded.pubsub().execute_command("SET", "k", "x")


def test_another_client_over_the_same_pool_is_no_way_around_it(guarded: redis.Redis) -> None:
    with pytest.raises(Refused):
        redis.Redis(connection_pool=guarded.connection_pool).set("k", "x")


@pytest.mark.parametrize(
    "raw",
    [
        b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nx\r\n",
        b"SET k x\r\n",
        b"*1\r\n$4\r\nPING\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nx\r\n",
        b"*1\r\n",
        b"*2\r\n$3\r\nGET\r\n$1\r\nk",
        b"*0\r\nSET k x\r\n",
        b"*-1\r\n",
    ],
)
def test_a_raw_connection_is_no_way_around_it(guarded: redis.Redis, redis_server: RedisServer, raw: bytes) -> None:
    connection = guarded.connection_pool.get_connection()
    with pytest.raises(Refused):
        connection.send_packed_command([raw[:3], raw[3:]])
    assert redis_server.admin.get("k") == b"before"


def test_the_server_sees_who_asks(guarded: redis.Redis, redis_server: RedisServer) -> None:
    guarded.ping()
    assert "flipgate" in {entry["name"] for entry in redis_server.admin.client_list()}


@pytest.mark.row("K12")
def test_a_server_that_never_answers_ends_on_time(redis_server: RedisServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        block = redis_server.block
        lost = client(
            type(block)(
                **{name: getattr(block, name) for name in block.__struct_fields__} | {"port": silent.getsockname()[1]}
            )
        )
        began = time.monotonic()
        with pytest.raises(redis.TimeoutError):
            lost.get("k")
        assert time.monotonic() - began < 8
