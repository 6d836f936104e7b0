"""Which addresses have to be asked, so that no replica hides behind a name?"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from flipgate.config.environment import is_loopback
from flipgate.core.errors import Unreachable


@dataclass(frozen=True)
class Address:
    """One replica: what to connect to, and the name that its certificate has to bear."""

    target: str
    name: str

    def __str__(self) -> str:
        return self.target


def resolved(addresses: Iterable[str]) -> tuple[Address, ...]:
    """Which replicas do these `host:port` lead to? A name stands for all that it resolves to.

    Errors: Unreachable for a name that resolves to nothing.
    """
    return tuple(dict.fromkeys(replica for address in addresses for replica in _resolved(address)))


def _resolved(address: str) -> list[Address]:
    host, _, port = address.rpartition(":")
    name = host.strip("[]")
    if is_loopback(name) or _is_literal(name):
        return [Address(address, name)]
    try:
        infos = socket.getaddrinfo(name, int(port), type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:
        raise Unreachable(address, f"the name resolves to nothing: {error}") from error
    ends = sorted({str(info[4][0]) for info in infos})
    return [Address(f"[{end}]:{port}" if ":" in end else f"{end}:{port}", name) for end in ends]


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
