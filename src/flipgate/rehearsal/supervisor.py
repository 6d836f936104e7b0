"""The process that holds a rehearsal: it starts the world, serves requests, and at its end nothing is left.

`python -m flipgate.rehearsal.supervisor NAME RUNBOOK` serves the control socket until it is told to end: that is `up`.
With `--while-stdin-lasts`, and in `provision`, stdin is a second source of requests, and its end is the end.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

import msgspec

from flipgate.rehearsal import faults, moments
from flipgate.rehearsal.errors import RehearsalError
from flipgate.rehearsal.place import Place
from flipgate.rehearsal.platforms import world_of
from flipgate.rehearsal.protocol import Clock, Reply, Request, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from flipgate.rehearsal.world import World

_TICK_S = 0.5


class Ended(BaseException):
    """The rehearsal has been told to end."""


def _end(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise Ended


@contextlib.contextmanager
def standing(place: Place, runbook: str) -> Iterator[tuple[World, socket.socket]]:
    """A world in a place of its own, with its control socket; it is gone however this block is left."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _end)
    kind = world_of(runbook)
    listener = place.claim()
    world = kind(place)
    try:
        world.start()
        yield world, listener
    finally:
        # A second signal must not cut the end short.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        world.end()


def carry_out(world: World, request: Request) -> Reply:
    """Do what a request asks for."""
    lines: list[str] = []
    if request.advance_s is not None:
        world.advance(request.advance_s)
    elif request.stage is not None:
        moments.play(world, request.stage)
    elif request.flip is not None:
        lines = world.flip(request.flip.name, value=request.flip.value)
    elif request.fault is not None:
        lines = faults.change(world, request.fault)
    elif request.ask == "endpoints":
        return Reply(ok=True, clock=Clock(world.offset_s), endpoints=world.describe(attached=True))
    else:
        lines = _told(world, request)
    return Reply(ok=True, clock=Clock(world.offset_s), lines=lines)


def _told(world: World, request: Request) -> list[str]:
    """What only some operators do, and what is only looked at."""
    if request.refresh is not None:
        return world.refresh(request.refresh)
    if request.backup is not None:
        return world.backup(request.backup)
    return _status(world) if request.ask == "status" else []


def _status(world: World) -> list[str]:
    lines = [f"instance      {world.instance}", f"world time    {world.now().isoformat(timespec='seconds')}"]
    lines.append(f"aged by       {world.offset_s:.0f} s")
    lines += [f"flag          {flag} = {value}" for flag, value in world.flags().items()]
    lines += [f"process       {name} {state}" for name, state in world.processes.states().items()]
    return lines


class Desk:
    """Takes requests from the control socket, and from stdin where there is a parent, one at a time."""

    def __init__(self, world: World, listener: socket.socket, parent: int | None = None) -> None:
        self._world = world
        self._listener = listener
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ, self._welcome)
        if parent is not None:
            self._watch(parent, lambda: os.read(parent, 65536), lambda answer: _write_all(1, answer), _raise_ended)

    def serve(self) -> NoReturn:
        """Serve until the end; a day that begins meanwhile gets its report."""
        while True:
            for key, _ in self._selector.select(_TICK_S):
                key.data()
            self._keep_up()

    def _keep_up(self) -> None:
        try:
            self._world.keep_up()
        except Exception:  # the next tick tries again
            self._note_trace()

    def _note_trace(self) -> None:
        with (self._world.place.folder / "out" / "supervisor.log").open("a") as log:
            traceback.print_exc(file=log)

    def _welcome(self) -> None:
        client, _ = self._listener.accept()

        def gone() -> None:
            self._selector.unregister(client)
            client.close()

        self._watch(client, lambda: client.recv(65536), client.sendall, gone)

    def _watch(
        self,
        source: socket.socket | int,
        read: Callable[[], bytes],
        answer: Callable[[bytes], object],
        gone: Callable[[], object],
    ) -> None:
        kept = bytearray()

        def take() -> None:
            try:
                chunk = read()
            except ConnectionError:
                chunk = b""
            if not chunk:
                gone()
                return
            kept.extend(chunk)
            while b"\n" in kept:
                line, _, rest = bytes(kept).partition(b"\n")
                kept[:] = rest
                self._answer(line, answer)

        self._selector.register(source, selectors.EVENT_READ, take)

    def _answer(self, line: bytes, answer: Callable[[bytes], object]) -> None:
        ends = False
        try:
            request = decode(line)
            ends = request.ask == "down"
            reply = carry_out(self._world, request)
        except RehearsalError as error:
            reply = Reply(ok=False, error=str(error))
        except Exception as error:  # one request that fails must not end the world
            self._note_trace()
            reply = Reply(ok=False, error=f"{type(error).__name__}: {error}")
        with contextlib.suppress(ConnectionError):
            answer(msgspec.json.encode(reply) + b"\n")
        if ends:
            raise Ended


def _raise_ended() -> NoReturn:
    raise Ended


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def hold(place: Place, runbook: str, parent: int | None = None) -> None:
    """Hold a rehearsal until its end. Its description goes to stdout, as one line, once it is ready."""
    try:
        with standing(place, runbook) as (world, listener):
            desk = Desk(world, listener, parent)
            with contextlib.suppress(BrokenPipeError):
                _write_all(1, msgspec.json.encode(world.describe(attached=False)) + b"\n")
            desk.serve()
    except Ended:
        return


def main() -> None:
    """Hold the rehearsal of the name and the runbook given."""
    parent = sys.stdin.fileno() if "--while-stdin-lasts" in sys.argv[3:] else None
    try:
        hold(Place(sys.argv[1]), sys.argv[2], parent)
    except Exception as error:
        told = str(error) if isinstance(error, RehearsalError) else f"{type(error).__name__}: {error}"
        _write_all(1, msgspec.json.encode({"error": told}) + b"\n")
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
