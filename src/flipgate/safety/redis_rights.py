"""What would Redis let this user do? Each command is such that it changes nothing, whether it is allowed or not.

A key that does not exist is changed only if it exists, an option or a rule that there is none of is set, a client
without an id is ended. What a user lacks is answered NOPERM before any of that is looked at.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import redis

from flipgate.safety.redis import ANSWER_S, CONNECT_S, Guarded, connected

if TYPE_CHECKING:
    from flipgate.config.environment import Redis

_NONCE = f"flipgate-{uuid.uuid4()}"
_NOTHING = "flipgate-no-such-thing"
_REFUSED = ("NOPERM", "NOAUTH", "unknown command", "Unknown subcommand")


@dataclass(frozen=True)
class Attempt:
    """One command that changes nothing, and the right that it would take to change something."""

    right: str
    words: tuple[str, ...]


def attempts(prefix: str) -> tuple[Attempt, ...]:
    """Which commands tell the rights of a user of keys with this prefix?"""
    key = f"{prefix}:{_NONCE}"
    return (
        Attempt("changes keys", ("SET", key, "x", "XX", "PX", "1")),
        Attempt("changes keys", ("SET", _NONCE, "x", "XX", "PX", "1")),
        Attempt("changes keys", ("LPUSHX", key, "x")),
        Attempt("deletes keys", ("DEL", key)),
        Attempt("lets keys expire", ("PEXPIRE", key, "1")),
        Attempt("copies keys in", ("RESTORE", key, "0", _NOTHING)),
        Attempt("publishes", ("PUBLISH", _NONCE, "")),
        Attempt("runs scripts", ("EVAL", "return 1", "0")),
        Attempt("drops scripts", ("SCRIPT", "FLUSH", _NOTHING)),
        Attempt("changes users", ("ACL", "SETUSER", _NONCE, _NOTHING)),
        Attempt("changes the server's settings", ("CONFIG", "SET", _NOTHING, "x")),
        Attempt("makes the server a replica", ("REPLICAOF", _NOTHING, _NOTHING)),
        Attempt("swaps databases", ("SWAPDB", "0", _NOTHING)),
        Attempt("stops other clients", ("CLIENT", "PAUSE", _NOTHING)),
        Attempt("stops other clients", ("CLIENT", "KILL", "ID", "0")),
    )


class _Trying(Guarded):
    """Lets the attempts pass, word for word, and nothing else."""

    known: ClassVar[set[tuple[bytes, ...]]] = {(b"PING",)}

    def _known(self, words: list[bytes]) -> bool:
        return tuple(words) in self.known


class _TryingConnection(_Trying, redis.Connection):
    pass


class _TryingTlsConnection(_Trying, redis.SSLConnection):
    pass


def allowed(block: Redis) -> tuple[Attempt, ...]:
    """Which of the attempts does the server not refuse to this user? One round trip.

    Errors: redis.RedisError, where it cannot be asked.
    """
    tried = attempts(block.key_prefix)
    _Trying.known |= {tuple(word.encode() for word in attempt.words) for attempt in tried}
    with connected(block, _TryingTlsConnection if block.tls else _TryingConnection) as asker:
        pipeline = asker.pipeline(transaction=False)
        for attempt in tried:
            pipeline.execute_command(*attempt.words)
        answers = pipeline.execute(raise_on_error=False)
    return tuple(attempt for attempt, answer in zip(tried, answers, strict=True) if not _is_refusal(answer))


def is_open(block: Redis) -> bool:
    """Does the server serve whoever names no user? Then RESET makes everybody the user `default`.

    Errors: redis.RedisError, where it cannot be asked.
    """
    kind: Any = _TryingTlsConnection if block.tls else _TryingConnection
    nobody = kind(host=block.host, port=block.port, socket_timeout=ANSWER_S, socket_connect_timeout=CONNECT_S)
    try:
        nobody.connect()
        nobody.send_command("PING")
        return bool(nobody.read_response())
    except redis.AuthenticationError:
        return False
    finally:
        nobody.disconnect()


def _is_refusal(answer: object) -> bool:
    return isinstance(answer, redis.exceptions.NoPermissionError) or (
        isinstance(answer, redis.RedisError) and any(word in str(answer) for word in _REFUSED)
    )
