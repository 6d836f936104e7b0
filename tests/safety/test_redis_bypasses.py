"""Ways around a read-only flag store: the door lets none out, the credential lets none in, and the server saw no write.

Each layer is tried alone: the door with a user who may do everything, the credential with a client that has no door.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from flipgate.config.environment import Redis
from flipgate.core.errors import Refused
from flipgate.safety.redis import ReadOnlyConnection, client
from tests.probes.servers import RedisServer, running_redis
from tests.safety.least_privilege import raw_redis, redis_reader

FLAG = "ff:orgv23:cascade_4layer:global"
WRITE = b"*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$4\r\ntrue\r\n" % (len(FLAG), FLAG.encode())
# One row an attempt: what would be written, expired, run, published, stopped or reconfigured.
ATTEMPTS = """
SET FLAG true
set FLAG true
GETSET FLAG true
GETDEL FLAG
GETEX FLAG EX 1
SETRANGE FLAG 0 t
APPEND FLAG !
MSET FLAG true
MSETNX FLAG true
DEL FLAG
UNLINK FLAG
EXPIRE FLAG 1
PERSIST FLAG
RENAME FLAG gone
COPY FLAG copied
MOVE FLAG 1
SORT FLAG STORE sorted
BITFIELD FLAG SET u8 0 1
SETBIT FLAG 0 1
PFADD counter x
XADD stream * a b
RESTORE new 0 x
TOUCH FLAG
MIGRATE 127.0.0.1 1 FLAG 0 1
FLUSHALL
FLUSHDB ASYNC
SWAPDB 0 1
SELECT 1
EVAL "return redis.call('set', 'FLAG', 'true')" 0
EVAL "while true do end" 0
EVAL_RO "return redis.call('get', 'other')" 0
FCALL any 0
SCRIPT FLUSH
FUNCTION FLUSH
ACL SETUSER flipgate +@all ~*
CONFIG SET maxmemory 1
REPLICAOF 127.0.0.1 1
SAVE
BGSAVE
DEBUG SLEEP 0
SHUTDOWN NOSAVE
PUBLISH flags refresh
SPUBLISH flags refresh
CLIENT PAUSE 1
CLIENT KILL TYPE pubsub
CLIENT NO-EVICT on
MEMORY PURGE
KEYS *
SCAN 0
DUMP FLAG
MONITOR
MULTI
WATCH FLAG
MODULE LIST
"""
COMMANDS = [tuple(shlex.split(line.replace("FLAG", FLAG))) for line in ATTEMPTS.strip().splitlines()]
READS = {"get", "ping", "info", "hello", "auth", "client|setname", "client|setinfo", "config|resetstat"}


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with running_redis() as found:
        yield found


@pytest.fixture
def counted(server: RedisServer) -> Iterator[None]:
    """The witness: over the attempt the server ran no command but reads, and the flag is what it was."""
    admin = server.admin
    admin.set(FLAG, "false")
    admin.config_resetstat()
    before = (admin.dbsize(), admin.acl_list())
    admin.config_resetstat()
    yield
    stats: dict[str, Any] = admin.info("commandstats")
    ran = {name.removeprefix("cmdstat_") for name, of in stats.items() if of["calls"] - of["failed_calls"]}
    assert ran <= READS
    assert (admin.dbsize(), admin.acl_list(), admin.get(FLAG)) == (*before, b"false")


@pytest.fixture(scope="module")
def reader(server: RedisServer) -> Redis:
    return redis_reader(server)


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_door_does_not_send_it(server: RedisServer, command: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        client(server.block).execute_command(*command)


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_credential_does_not_carry_it(reader: Redis, command: tuple[str, ...]) -> None:
    with pytest.raises(redis.ResponseError):
        raw_redis(reader).execute_command(*command)


def _raw(asker: Any) -> Any:
    return asker.connection_pool.get_connection()


WAYS = {
    "pipeline": lambda asker: asker.pipeline(transaction=False).get(FLAG).set(FLAG, "true").execute(),
    "transaction": lambda asker: asker.pipeline(transaction=True).set(FLAG, "true").execute(),
    "subscription": lambda asker: asker.pubsub().execute_command("SET", FLAG, "true"),
    "subscribe": lambda asker: asker.pubsub().subscribe("flags"),
    "same pool": lambda asker: redis.Redis(connection_pool=asker.connection_pool).set(FLAG, "true"),
    "unbound": lambda asker: redis.Redis.execute_command(asker, "SET", FLAG, "true"),
    "script object": lambda asker: asker.register_script("return redis.call('set', KEYS[1], 'x')")(keys=[FLAG]),
    "lock": lambda asker: asker.lock("a lock", timeout=1).acquire(blocking=False),
    "raw command": lambda asker: _raw(asker).send_command("SET", FLAG, "true"),
    "raw bytes": lambda asker: _raw(asker).send_packed_command([WRITE]),
    "bytes in pieces": lambda asker: _raw(asker).send_packed_command([WRITE[:7], WRITE[7:]]),
    "inline": lambda asker: _raw(asker).send_packed_command(f"SET {FLAG} true\r\n".encode()),
    "behind a read": lambda asker: _raw(asker).send_packed_command(b"*1\r\n$4\r\nPING\r\n" + WRITE),
    "another user": lambda asker: asker.execute_command("AUTH", "default", "x"),
    "another hello": lambda asker: asker.execute_command("HELLO", "2", "AUTH", "default", "x"),
    "reset": lambda asker: asker.execute_command("RESET"),
}


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("way", WAYS)
def test_the_door_has_no_side_entrance(server: RedisServer, way: str) -> None:
    with pytest.raises(Refused):
        WAYS[way](client(server.block))


def test_reset_makes_nobody_of_a_reader(server: RedisServer, reader: Redis) -> None:
    """RESET leads to `default`; with that user off the connection can do nothing at all."""
    everything = raw_redis(server.block)
    everything.execute_command("ACL", "SETUSER", "default", "off")
    lost = raw_redis(reader).connection_pool.get_connection()
    lost.send_command("RESET")
    assert lost.read_response() == b"RESET"
    lost.send_command("SET", FLAG, "true")
    with pytest.raises(redis.AuthenticationError):
        lost.read_response()
    everything.execute_command("ACL", "SETUSER", "default", "on")


def test_a_connection_of_the_door_is_the_guarded_kind(server: RedisServer) -> None:
    assert isinstance(client(server.block).connection_pool.get_connection(), ReadOnlyConnection)
