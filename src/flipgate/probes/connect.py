"""What does the gateway answer over the Connect protocol: JSON, one POST a call?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from flipgate.core.errors import Malformed, NoAnswer, first_bytes, visible
from flipgate.core.facts.routes import RouteAnswer
from flipgate.safety.addresses import resolved
from flipgate.safety.http import Call, Door, Replica
from flipgate.safety.procedures import REFRESH
from flipgate.safety.reply import JSON

if TYPE_CHECKING:
    from collections.abc import Callable

    from flipgate.config.environment import Gateway
    from flipgate.safety.reply import Reply

SOURCE = "gateway"
_NOTHING = "(?!)"  # a door through which nothing is got: it is for calls alone


class _Error(msgspec.Struct, frozen=True):
    code: str = ""
    message: str = ""


class _Body(_Error, frozen=True):
    error: _Error = _Error()


class Connect:
    """Calls through the gateway; with its token only where that is said."""

    def __init__(self, block: Gateway) -> None:
        self._block = block
        self._open, self._in = Door(SOURCE, block.url, _NOTHING), Door(SOURCE, block.url, _NOTHING, block.token)

    def call(self, path: str, tenant: str, fields: Mapping[str, object]) -> Reply:
        """What does this method answer to the suite's own user, whatever the status? Errors: Unreachable, Malformed."""
        return self._in.procedure(path, Call(msgspec.json.encode(fields), tenant))

    def without_token(self, path: str) -> RouteAnswer:
        """What does this path answer to somebody unknown?"""
        return _answered(path, "", lambda: self._open.procedure(path, Call(b"{}")))

    def replicas_without_token(self, path: str) -> tuple[RouteAnswer, ...]:
        """What does each replica answer on this path to somebody unknown? None, where none is named.

        Errors: Unreachable for a name that resolves to nothing.
        """
        return tuple(self._of_replica(path, one.target) for one in resolved(self._block.replicas))

    def _of_replica(self, path: str, address: str) -> RouteAnswer:
        door = Door(SOURCE, Replica(self._block.url, address), _NOTHING)
        return _answered(path, address, lambda: door.procedure(path, Call(b"{}")))

    def refusals(self) -> tuple[RouteAnswer, RouteAnswer]:
        """How does the refresh answer to somebody unknown, and how to the suite's own user?"""
        return _answered(REFRESH, "", self._open.refusal), _answered(REFRESH, "", self._in.refusal)


def failure_of(reply: Reply) -> tuple[str, str] | None:
    """With which code, in which words, did a call fail? None where it answered 200 with JSON that is no error."""
    code, message = error_of(reply)
    kind = reply.headers.get("content-type", "").partition(";")[0].strip()
    if code or (reply.status == 200 and kind == JSON):
        return (code, message) if code else None
    return f"http {reply.status}", f"{visible(kind)}: {first_bytes(reply.body)}"


def error_of(reply: Reply) -> tuple[str, str]:
    """Which code and message hold the JSON body of an error? Connect's shape, or §13.1's; ("", "") for another."""
    try:
        body = reply.json(_Body)
    except Malformed:
        return "", ""
    error = body if body.code else body.error
    return visible(error.code, 60), visible(error.message)


def _answered(path: str, address: str, ask: Callable[[], Reply]) -> RouteAnswer:
    try:
        reply = ask()
    except NoAnswer as error:
        return RouteAnswer(path, address, 0, "", "", error.seen)
    kind = visible(reply.headers.get("content-type", "").partition(";")[0].strip().lower(), 60)
    return RouteAnswer(path, address, reply.status, kind, error_of(reply)[0], first_bytes(reply.body))
