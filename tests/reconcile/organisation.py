"""Two tenants, "acme" and "zeta", with two pillars, three teams and five memberships in all, every row mirrored."""

from __future__ import annotations

from datetime import UTC, datetime

from flipgate.core.clock import Clock
from flipgate.reconcile.comparison import Comparer
from flipgate.reconcile.figures import Comparison
from flipgate.rehearsal.services.seed import SCHEMA_SQL
from flipgate.safety.postgres import Door
from tests.probes.servers import PostgresServer

CREATED = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = """
insert into tenants values ('a', 'acme', '2026-01-01 00:00Z', now()), ('z', 'zeta', '2026-01-02 00:00Z', now());
insert into pillars values ('pa', 'a', 'Sales', now()), ('pz', 'z', 'Sales', now());
insert into teams values ('t1', 'a', 'pa', 'North', 'm1', now()), ('t2', 'a', 'pa', 'South', null, now()),
    ('t3', 'z', 'pz', 'East', 'm4', now());
insert into team_memberships values ('t1', 'm1', 'a', 'member', now()), ('t1', 'm2', 'a', 'member', now()),
    ('t2', 'm2', 'a', 'lead', now()), ('t3', 'm4', 'z', 'lead', now()), ('t3', 'm5', 'z', 'guest', now());
insert into org_units values ('pa', 'a', null, 'pillar', 'Sales', now()), ('pz', 'z', null, 'pillar', 'Sales', now()),
    ('t1', 'a', 'pa', 'team', 'North', now()), ('t2', 'a', 'pa', 'team', 'South', now()),
    ('t3', 'z', 'pz', 'team', 'East', now());
insert into org_unit_memberships values ('t1', 'm1', 'a', 'lead', now()), ('t1', 'm2', 'a', 'member', now()),
    ('t2', 'm2', 'a', 'member', now()), ('t3', 'm4', 'z', 'lead', now()), ('t3', 'm5', 'z', 'guest', now());
"""


def fill(server: PostgresServer) -> None:
    """Put the two tenants there, and nothing else."""
    with server.admin() as admin:
        admin.execute("drop schema public cascade; create schema public")
        admin.execute(SCHEMA_SQL.encode())
        admin.execute(ROWS.encode())


def change(server: PostgresServer, sql: str) -> None:
    """Let somebody write."""
    with server.admin() as admin:
        admin.execute(sql.encode())


def compared(server: PostgresServer, clock: Clock | None = None) -> Comparison:
    """What does a comparison come to now?"""
    door = Door(server.block)
    try:
        return Comparer(door, clock or Clock(), lambda _, __: None).compared()
    finally:
        door.close()
