"""The network between the suite and the systems: every address that is handed out leads through a wire of its own."""

from __future__ import annotations

import contextlib
import socket
import sys
from typing import TYPE_CHECKING

import msgspec

from flipgate.rehearsal.errors import RehearsalError
from flipgate.rehearsal.proxy import Order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.place import Place
    from flipgate.rehearsal.processes import Processes
    from flipgate.rehearsal.wire import Broken

_NAME = "network"
_ANSWER_S = 10.0


class Network:
    """The wires, by the name of the system that they lead to."""

    def __init__(self, place: Place, processes: Processes) -> None:
        self._socket = place.folder / "network.sock"
        self._processes = processes
        self._wires: dict[str, dict[str, str]] = {}

    def start(self) -> None:
        """Start the proxy; no wire is laid yet."""
        self._processes.start_service(_NAME, [sys.executable, "-m", "flipgate.rehearsal.proxy", str(self._socket)])
        self._processes.ready_lines([_NAME])

    def through(self, name: str, address: str) -> str:
        """Under which address does the suite reach this one? The first call lays the wire."""
        laid = self._wires.setdefault(name, {})
        if address not in laid:
            laid[address] = self._order(Order(address))
        return laid[address]

    @contextlib.contextmanager
    def broken(self, name: str, how: Broken, number: int | None = None) -> Iterator[None]:
        """Break every wire to a system, or one by its number, for as long as the block lasts.

        Errors: RehearsalError where no such wire was handed out.
        """
        laid = list(self._wires.get(name, {}))
        if not laid or not -len(laid) <= (number or 0) < len(laid):
            raise RehearsalError(f'no wire {number or ""} leads to "{name}"; there are: {", ".join(self._wires)}')
        chosen = laid if number is None else [laid[number]]
        for address in chosen:
            self._order(Order(address, how))
        yield
        for address in chosen:
            self._order(Order(address))

    def _order(self, order: Order) -> str:
        with socket.socket(socket.AF_UNIX) as asked:
            asked.settimeout(_ANSWER_S)
            asked.connect(str(self._socket))
            asked.sendall(msgspec.json.encode(order) + b"\n")
            with asked.makefile("rb") as answer:
                return msgspec.json.decode(answer.readline(), type=str)
