"""The only door to Redis: a connection that lets named reads pass, whatever sits on top of it.

The guard is the connection itself, below pipelines, subscriptions and pools: it reads what is about to be sent.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import redis
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

from flipgate.core.errors import Refused, first_bytes
from flipgate.safety.tally import count

if TYPE_CHECKING:
    from flipgate.config.environment import Redis

_READS = frozenset({b"GET", b"MGET", b"STRLEN", b"TYPE", b"TTL", b"EXISTS", b"PING", b"TIME", b"INFO", b"ROLE"})
_HANDSHAKE = frozenset({b"HELLO", b"AUTH", b"CLIENT SETNAME", b"CLIENT SETINFO", b"SELECT"})
CONNECT_S, ANSWER_S = 2.0, 5.0


class Guarded:
    """Refuses to send anything but reads; who it is (HELLO, AUTH) is settled once, while the connection is made."""

    _greeting = False

    def on_connect_check_health(self, check_health: bool = True) -> None:  # noqa: FBT001, FBT002  redis-py's own
        self._greeting = True
        try:
            super().on_connect_check_health(check_health=check_health)  # type: ignore[misc]
        finally:
            self._greeting = False

    def send_packed_command(self, command: Any, check_health: bool = True) -> None:  # noqa: FBT001, FBT002
        packed = b"".join(bytes(part) for part in ([command] if isinstance(command, bytes) else command))
        system = f"redis {self.host}:{self.port}"  # type: ignore[attr-defined]
        try:
            commands = list(_commands(packed))
            for words in commands:
                self._must_be_known(words)
        except Refused:
            count(system, refused=1)
            raise
        count(system, calls=0 if self._greeting else len(commands))
        super().send_packed_command([packed], check_health=check_health)  # type: ignore[misc]

    def _must_be_known(self, words: list[bytes]) -> None:
        name = _name(words)
        if not self._known(words) and not (self._greeting and name in _HANDSHAKE):
            raise Refused(f"redis: {first_bytes(name)} is not one of the reads that flipgate may send")

    def _known(self, words: list[bytes]) -> bool:
        return _name(words) in _READS


class ReadOnlyConnection(Guarded, redis.Connection):
    """A plain connection that only reads."""


class ReadOnlyTlsConnection(Guarded, redis.SSLConnection):
    """A TLS connection that only reads."""


def client(block: Redis) -> redis.Redis:
    """Who asks this flag store? Nothing is sent yet. No retries; RESP3, which every server with ACL users speaks."""
    return connected(block, ReadOnlyTlsConnection if block.tls else ReadOnlyConnection)


def connected(block: Redis, kind: type[Guarded]) -> redis.Redis:
    """Who asks it over connections of this kind?"""
    pool = redis.ConnectionPool(
        connection_class=kind,
        host=block.host,
        port=block.port,
        db=block.db,
        username=block.username,
        password=block.password.reveal(),
        client_name="flipgate",
        driver_info=None,
        protocol=3,
        socket_connect_timeout=CONNECT_S,
        socket_timeout=ANSWER_S,
        retry=Retry(NoBackoff(), 0),
        maint_notifications_config=MaintNotificationsConfig(enabled=False),
    )
    return redis.Redis(connection_pool=pool)


def _name(words: list[bytes]) -> bytes:
    """How is this command called? A CLIENT command is named with its second word."""
    return b" ".join(words[: 2 if words[0].upper() == b"CLIENT" else 1]).upper()


def _commands(packed: bytes) -> Iterator[list[bytes]]:
    """The words of each command. Only arrays of strings are commands here; inline ones are refused."""
    stream = io.BytesIO(packed)
    while line := stream.readline():
        words = []
        for _ in range(_number(line, b"*")):
            words.append(stream.read(_number(stream.readline(), b"$")))
            if stream.read(2) != b"\r\n":
                raise Refused("redis: a command that is cut off")
        yield words


def _number(line: bytes, mark: bytes) -> int:
    digits = line.removeprefix(mark).rstrip(b"\r\n")
    if not line.startswith(mark) or not digits.isdigit() or line == b"*0\r\n":
        raise Refused(f"redis: not a command: {first_bytes(line)}")
    return int(digits)
