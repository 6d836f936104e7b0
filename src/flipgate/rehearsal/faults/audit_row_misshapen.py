"""The audit row of the operator's refresh names the wrong surface.

After flip 3, refresh: HOLD.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Rename it."""
    with world.postgres.connect() as connection:
        connection.execute("update agent_audit_log set surface = 'feature-flags' where audit_kind = 'config.refresh'")


def undo(world: World) -> None:
    """Name the right one."""
    with world.postgres.connect() as connection:
        connection.execute(
            "update agent_audit_log set surface = 'v23-feature-flags' where audit_kind = 'config.refresh'"
        )
