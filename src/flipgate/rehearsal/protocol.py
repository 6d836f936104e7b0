"""The language of a rehearsal: one JSON object a line, asked and answered."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Literal

import msgspec

from flipgate.rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from flipgate.rehearsal.place import Place

Question = Literal["status", "endpoints", "down"]


class Clock(msgspec.Struct, frozen=True):
    """How far the world has aged beyond the servers' time."""

    offset_s: float


class Flip(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A flag and the value that the operator sets."""

    name: str
    value: bool


class FaultChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fault to inject, or to take back. `seed`: of what it chooses by lot, such as a replica."""

    name: str
    undo: bool = False
    seed: int = 0


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing to do; exactly one of its fields is set. `refresh` and `backup` are the reasons for doing so."""

    advance_s: float | None = None
    stage: str | None = None
    flip: Flip | None = None
    refresh: str | None = None
    backup: str | None = None
    fault: FaultChange | None = None
    ask: Question | None = None


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of it: the clock where it was done, a sentence where it was not, lines for a person to read."""

    ok: bool
    clock: Clock | None = None
    error: str = ""
    lines: list[str] = []
    endpoints: dict[str, object] | None = None


def decode(line: bytes) -> Request:
    """Which request is this line? Errors: RehearsalError."""
    try:
        request = msgspec.json.decode(line, type=Request)
    except msgspec.MsgspecError as error:
        raise RehearsalError(f"this is no request: {error}") from None
    if sum(getattr(request, name) is not None for name in request.__struct_fields__) != 1:
        raise RehearsalError(f"a request asks for one of: {', '.join(request.__struct_fields__)}")
    return request


def ask(place: Place, request: Request) -> Reply:
    """Ask the rehearsal that is up for something, and wait for its answer.

    Errors: RehearsalError with the rehearsal's own sentence, or where none of this name is up.
    """
    if not place.answers():
        raise RehearsalError(f'no rehearsal "{place.name}" is up; start one with: flipgate-rehearsal up')
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(place.control))
        connection.sendall(msgspec.json.encode(request) + b"\n")
        with connection.makefile("rb") as stream:
            line = stream.readline()
    if not line:
        raise RehearsalError(f'the rehearsal "{place.name}" ended without an answer')
    reply = msgspec.json.decode(line, type=Reply)
    if not reply.ok:
        raise RehearsalError(reply.error)
    return reply
