"""Real servers, with a user who may do everything and one who has what docs/least-privilege.md gives."""

from __future__ import annotations

from tests.probes.servers import postgres_server, redis_server

__all__ = ["postgres_server", "redis_server"]
