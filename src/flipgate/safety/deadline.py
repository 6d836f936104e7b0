"""How is a conversation ended on time, however slowly the other side speaks?

Drivers time each read: a server that sends one byte every 0.4 s never lets them end. Here every socket operation gets
only what is left of one deadline.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import httpcore

_ends: ContextVar[float] = ContextVar("_ends")


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Which conversation has to be over after this time? All that happens inside, in this thread."""
    token = _ends.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends.reset(token)


def _left_s() -> float:
    left = _ends.get() - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left


class PunctualBackend(httpcore.SyncBackend):
    """Connections whose every operation ends at the deadline of `within`; the driver's own time-outs are ignored."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        return _PunctualStream(super().connect_tcp(host, port, _left_s(), local_address, socket_options))


class _PunctualStream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, _left_s())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, _left_s())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        return _PunctualStream(self._stream.start_tls(ssl_context, server_hostname, _left_s()))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
