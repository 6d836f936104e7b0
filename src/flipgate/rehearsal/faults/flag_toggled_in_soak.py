"""Somebody switched cascade_4layer off and on again in the database; every surface reads true as before.

Soak, flags left alone: STOP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World

_FLAG = "cascade_4layer"


def inject(world: World) -> None:
    """Write the row that says false, then let it say true."""
    with world.postgres.connect() as connection:
        connection.execute(
            "insert into platform_feature_flags (flag, scope, value, updated_at, updated_by)"
            " values (%s, 'global', false, clock_timestamp(), 'on call')",
            (_FLAG,),
        )
    world.flip(_FLAG, value=True)


def undo(world: World) -> None:
    """Remove the row."""
    with world.postgres.connect() as connection:
        connection.execute("delete from platform_feature_flags where flag = %s", (_FLAG,))
