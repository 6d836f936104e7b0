"""Real servers, with a user who may do everything and one who has what docs/least-privilege.md gives."""

from __future__ import annotations

from tests.probes.conftest import free_port
from tests.probes.servers import postgres_server, redis_server

__all__ = ["free_port", "postgres_server", "redis_server"]
