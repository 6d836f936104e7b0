"""The legacy tables are gone: Phase 3 has begun, and there is no way back.

Preflight and rollback, the lever: STOP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World

_LEGACY = ("pillars", "teams", "team_memberships")


def inject(world: World) -> None:
    """Take them out of the way."""
    _rename(world, "", "_dropped")


def undo(world: World) -> None:
    """Put them back."""
    _rename(world, "_dropped", "")


def _rename(world: World, before: str, after: str) -> None:
    with world.postgres.connect() as connection:
        for table in _LEGACY:
            old, new = sql.Identifier(table + before), sql.Identifier(table + after)
            connection.execute(sql.SQL("alter table {} rename to {}").format(old, new))
