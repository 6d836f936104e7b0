"""A real PostgreSQL with the tables of the contract, filled anew for each test."""

from __future__ import annotations

import pytest

from tests.probes.servers import PostgresServer, postgres_server
from tests.reconcile.organisation import fill

__all__ = ["postgres_server"]


@pytest.fixture
def database(postgres_server: PostgresServer) -> PostgresServer:
    """Two tenants whose mirror is whole."""
    fill(postgres_server)
    return postgres_server
