"""Does a method answer the same over Connect and over gRPC?"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import json_format
from google.protobuf.message import Message

from flipgate.core.errors import Malformed, NoAnswer, Unreachable, visible
from flipgate.core.facts.end_to_end import CallAnswer
from flipgate.probes.connect import Connect, failure_of
from flipgate.probes.contract import Flow
from flipgate.probes.grpc_call import GrpcCalls, Method
from flipgate.probes.records import canonical, records

if TYPE_CHECKING:
    from flipgate.config.environment import Service
    from flipgate.safety.reply import Reply

OK = "ok"
_PAGE_SIZE, _MOST_PAGES, _ATTEMPTS = 100, 1000, 3

Fields = dict[str, object]
Ask = Callable[[Fields], Message]


class _FailedError(Exception):
    """The call was answered with an error of its protocol."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


@dataclass(frozen=True)
class BothWays:
    """One flow, asked through the gateway and at each address of its service, for one tenant."""

    connect: Connect
    block: Service
    flow: Flow
    tenant: str

    def answers(self) -> tuple[tuple[CallAnswer, ...], bool]:
        """What does each way answer, and did the records stand still meanwhile?

        Shape:   each address over gRPC, then Connect, then each address again: where one of them answers otherwise than
                 before, records have changed, and all of it is asked again, up to three times.
        """
        calls = GrpcCalls(self.block)
        try:
            method = calls.methods([self.flow.path])[self.flow.path]
        except NoAnswer as error:
            return (CallAnswer(self._name, "gRPC", "", str(error)),), True
        before = tuple(self._over_grpc(calls, method))
        for _ in range(_ATTEMPTS):
            over_connect, after = self._over_connect(method), tuple(self._over_grpc(calls, method))
            if after == before:
                return (over_connect, *after), True
            before = after
        return (over_connect, *after), False

    @property
    def _name(self) -> str:
        return self.flow.names[0]

    def _over_connect(self, method: Method) -> CallAnswer:
        def ask(fields: Fields) -> Message:
            return _message(method, self.connect.call(self.flow.path, self.tenant, fields))

        return self._answer("Connect at the gateway", method, ask)

    def _over_grpc(self, calls: GrpcCalls, method: Method) -> Iterator[CallAnswer]:
        for address in calls.addresses:

            def ask(fields: Fields, address: Any = address) -> Message:
                try:
                    return calls.call(address, method, self.tenant, fields)
                except Unreachable as error:
                    raise _failed(error) from error

            yield self._answer(f"gRPC at {address}", method, ask)

    def _answer(self, way: str, method: Method, ask: Ask) -> CallAnswer:
        try:
            found = records(_pages(method, ask))
        except _FailedError as failed:
            return CallAnswer(self._name, way, failed.code, failed.detail)
        except NoAnswer as error:
            return CallAnswer(self._name, way, "", error.seen)
        return CallAnswer(self._name, way, OK, "", len(found), hashlib.sha256(canonical(found)).hexdigest())


def _pages(method: Method, ask: Ask) -> Iterator[Message]:
    paged = "page_token" in method.request.DESCRIPTOR.fields_by_name
    token = ""
    for _ in range(_MOST_PAGES):
        page: Any = ask({"page_size": _PAGE_SIZE, "page_token": token} if paged else {})
        yield page
        following = page.next_page_token if paged else ""
        if not following:
            return
        if following == token:
            break
        token = following
    raise Malformed("pages", "its pages never end", method.path)


def _message(method: Method, reply: Reply) -> Message:
    if failure := failure_of(reply):
        raise _FailedError(*failure)
    try:
        return json_format.Parse(reply.text(), method.response())
    except json_format.ParseError as error:
        raise reply.malformed(f"no {method.response.DESCRIPTOR.full_name}: {visible(str(error))}") from error


def _failed(error: Unreachable) -> Exception:
    cause = error.__cause__
    if not isinstance(cause, grpc.RpcError):
        return error
    return _FailedError(cause.code().name.lower(), visible(cause.details() or ""))
