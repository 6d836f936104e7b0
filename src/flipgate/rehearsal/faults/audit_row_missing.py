"""The audit row of the operator's refresh was lost on its way.

After flip 3, refresh: HOLD.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Remove it."""
    with world.postgres.connect() as connection:
        connection.execute("delete from agent_audit_log where audit_kind = 'config.refresh'")


def undo(world: World) -> None:
    """Refresh again, which leaves a new one."""
    world.refresh("the audit row was lost")
