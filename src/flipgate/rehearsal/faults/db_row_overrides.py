"""The database overrides read_from_org_units with another value than the flag store holds.

Posture, at any stage: HOLD, both values named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World

_FLAG = "read_from_org_units"


def inject(world: World) -> None:
    """Write the row that says the contrary."""
    contrary = world.flags()[_FLAG] != "true"
    with world.postgres.connect() as connection:
        connection.execute(
            "insert into platform_feature_flags (flag, scope, value, updated_at, updated_by)"
            " values (%s, 'global', %s, now(), 'an earlier override')"
            " on conflict (flag, scope) do update set value = excluded.value",
            (_FLAG, contrary),
        )


def undo(world: World) -> None:
    """Remove the row."""
    with world.postgres.connect() as connection:
        connection.execute("delete from platform_feature_flags where flag = %s", (_FLAG,))
