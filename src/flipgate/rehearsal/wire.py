"""One wire of the proxy: the connections through it, and how their answers are spoiled."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import deque
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Coroutine

_AT_ONCE = struct.pack("ii", 1, 0)


class Broken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How a wire is broken; the defaults are a healthy one.

    latency_s         every piece of an answer comes so much later.
    byte_every_s      an answer comes byte by byte, so far apart.
    cut_after_bytes   a connection is reset after so many bytes of answer; 0: before the first one.
    ends_after_bytes  it ends after so many, as if that were all.
    half_open         it stands, and nothing comes back.
    instead           what something in between answers in place of the system, at the first bytes of a request.
    """

    latency_s: float = 0.0
    byte_every_s: float = 0.0
    cut_after_bytes: int | None = None
    ends_after_bytes: int | None = None
    half_open: bool = False
    instead: str = ""


_HEALTHY = Broken()


class Wire:
    """One address that is handed out, and the one that it leads to."""

    def __init__(self, leads_to: str) -> None:
        self.host, _, port = leads_to.rpartition(":")
        self.port = int(port)
        self.broken = _HEALTHY
        self.connections: set[Connection] = set()

    def become(self, broken: Broken) -> None:
        """Be broken like this from now on. Nobody goes on waiting on a connection that was spoiled before."""
        self.broken = _HEALTHY if broken == _HEALTHY else broken
        for connection in tuple(self.connections):
            connection.reset_if_spoiled()


class End(asyncio.Protocol):
    """One end of a connection: what arrives here goes to the other."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.Transport):
            self.transport = transport
            self.connection.made(self)

    def data_received(self, data: bytes) -> None:
        self.connection.arrived(self, data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.connection.lost(self, exc)

    def pause_writing(self) -> None:
        self.connection.other(self).listen(on=False)

    def resume_writing(self) -> None:
        self.connection.other(self).listen(on=True)

    def listen(self, *, on: bool) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        if on:
            self.transport.resume_reading()
        else:
            self.transport.pause_reading()

    def send(self, data: bytes) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def fall_silent(self) -> None:
        """Send nothing any more, and go on listening: an unread byte at its end would turn that into a reset."""
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write_eof()

    def end(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def reset(self) -> None:
        if self.transport is not None:
            self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            self.transport.abort()


class Connection:
    """One caller's connection, through a wire to its system."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.caller, self.system = End(self), End(self)
        self._answered = 0
        self._is_spoiled = self._is_silent = False
        self._held: deque[tuple[float, bytes]] = deque()
        self._works: set[asyncio.Task[None]] = set()

    def other(self, end: End) -> End:
        return self.system if end is self.caller else self.caller

    def made(self, end: End) -> None:
        if end is self.caller:
            self.wire.connections.add(self)
            self.caller.listen(on=False)
            self._work(self._connect())

    def arrived(self, end: End, data: bytes) -> None:
        if end is self.system:
            if self.wire.broken is _HEALTHY and not self._is_spoiled:
                self.caller.send(data)
            else:
                self._hold(data)
        elif self.wire.broken.instead:
            self._answer_instead(self.wire.broken.instead.encode())
        else:
            self.system.send(data)

    def lost(self, end: End, exc: Exception | None) -> None:
        self.wire.connections.discard(self)
        if exc is not None:
            self.other(end).reset()
        elif end is self.caller or not self._is_spoiled:
            self.other(end).end()
        else:
            self._held.append((0.0, b""))

    def reset_if_spoiled(self) -> None:
        if self._is_spoiled:
            self.caller.reset()

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: self.system, self.wire.host, self.wire.port)
        except OSError:
            self.caller.reset()
        self.caller.listen(on=True)

    def _answer_instead(self, answer: bytes) -> None:
        if not self._is_silent:
            self._is_spoiled = self._is_silent = True
            self.caller.send(answer)
            self.caller.fall_silent()

    def _hold(self, data: bytes) -> None:
        self._is_spoiled = True
        if not self.wire.broken.half_open and not self._is_silent:
            self._held.append((asyncio.get_running_loop().time() + self.wire.broken.latency_s, data))
            if len(self._held) == 1:
                self._work(self._release())

    async def _release(self) -> None:
        """Let go of what is held, piece by piece; each stays the first of the queue until it is sent."""
        while self._held and not self._is_silent:
            due, data = self._held[0]
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            every_s = self.wire.broken.byte_every_s
            for piece in [bytes([byte]) for byte in data] if every_s else [data]:
                self._send(piece)
                await asyncio.sleep(every_s)
            self._held.popleft()
            if not data:
                self.caller.end()

    def _send(self, data: bytes) -> None:
        """Send a piece of an answer, or what of it is still let through."""
        broken = self.wire.broken
        limits = [most for most in (broken.cut_after_bytes, broken.ends_after_bytes) if most is not None]
        passes = data[: max(0, min(limits) - self._answered)] if limits else data
        self._answered += len(passes)
        self.caller.send(passes)
        if len(passes) == len(data) or self._is_silent:
            return
        self._is_silent = True
        if broken.cut_after_bytes is not None:
            self.caller.reset()
        else:
            self.caller.fall_silent()

    def _work(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._works.add(task)
        task.add_done_callback(self._works.discard)
