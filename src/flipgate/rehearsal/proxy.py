"""The proxy between the suite and the systems: transparent until a wire is told to be broken.

`python -m flipgate.rehearsal.proxy SOCKET` takes orders on that socket, a JSON line each, and ends with its stdin. Only
what comes back to the caller is spoiled: what a server was asked, it was asked.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys

import msgspec

from flipgate.rehearsal.ports import free_port
from flipgate.rehearsal.wire import Broken, Connection, Wire


class Order(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wire to this address is wanted, in this state. The answer is the address at this end, as a JSON string."""

    leads_to: str
    broken: Broken = Broken()


class Board:
    """Takes orders for wires, from one caller at a time."""

    def __init__(self) -> None:
        self._wires: dict[str, tuple[Wire, str]] = {}

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            order = msgspec.json.decode(line, type=Order)
            if order.leads_to not in self._wires:
                self._wires[order.leads_to] = await _laid(Wire(order.leads_to))
            wire, address = self._wires[order.leads_to]
            wire.become(order.broken)
            writer.write(msgspec.json.encode(address) + b"\n")
            await writer.drain()
        writer.close()


async def _laid(wire: Wire) -> tuple[Wire, str]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(wire).caller, "127.0.0.1", free_port(), backlog=512)
    return wire, f"127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def _serve(control: str) -> None:
    ends = asyncio.Event()

    def read_on() -> None:
        if not os.read(0, 4096):
            ends.set()

    asyncio.get_running_loop().add_reader(0, read_on)
    os.umask(0o177)  # others may pass through the folder
    async with await asyncio.start_unix_server(Board().take, control):
        print("ready", flush=True)  # noqa: T201  the line that whoever started it waits for
        await ends.wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(sys.argv[1]))
