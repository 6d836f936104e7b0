"""The audit writer wrote the row of the operator's refresh twice.

After flip 3, refresh: HOLD.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Double it."""
    with world.postgres.connect() as connection:
        connection.execute(
            "insert into agent_audit_log select id || '-again', audit_kind, surface, actor_user_id, actor_clearance,"
            " reason, created_at + interval '40 ms' from agent_audit_log where audit_kind = 'config.refresh'"
        )


def undo(world: World) -> None:
    """Remove the second one."""
    with world.postgres.connect() as connection:
        connection.execute("delete from agent_audit_log where id like '%-again'")
