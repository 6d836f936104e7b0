"""Which ports does a rehearsal listen on? None that the kernel hands out by itself, none that another one has taken.

A server that is started anew in its place needs its port again. From the range that the kernel serves callers from, any
connection of this machine may take it in between.
"""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from pathlib import Path

_LOWEST, _HIGHEST = 10_000, 65_535
_OF_THE_KERNEL = Path("/proc/sys/net/ipv4/ip_local_port_range")
# By name, for as long as this process lives; the kernel forgets them with it.
_TAKEN: list[socket.socket] = []


def free_port() -> int:
    """One of them. Errors: OSError."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that nobody listens on, all different; this process keeps them from other rehearsals.

    Errors: OSError where there are not so many.
    """
    ports = [port for port, _ in zip(_free(), range(count), strict=False)]
    if len(ports) < count:
        raise OSError(f"only {len(ports)} of {count} ports are free on the loopback")
    return ports


def _free() -> Iterator[int]:
    low, high = map(int, _OF_THE_KERNEL.read_text().split())
    outside = [port for port in range(_LOWEST, _HIGHEST + 1) if not low <= port <= high]
    random.shuffle(outside)
    return (port for port in outside if _nobody_listens(port) and _taken(port))


def _taken(port: int) -> bool:
    name = socket.socket(socket.AF_UNIX)
    try:
        name.bind(f"\0flipgate-rehearsal-port-{port}")
    except OSError:
        name.close()
        return False
    _TAKEN.append(name)
    return True


def _nobody_listens(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True
