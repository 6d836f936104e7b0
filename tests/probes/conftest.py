"""Places where nothing listens, and clocks that are ahead."""

from __future__ import annotations

import socket

import pytest

from tests.probes.servers import postgres_server, redis_server

__all__ = ["postgres_server", "redis_server"]


@pytest.fixture
def free_port() -> int:
    """A port of this machine that nothing listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
