"""conflict-service serves, but its health knows the empty name alone.

After flip 3, health: HOLD, the name told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Let it forget its name."""
    world.fleet.behave("conflict-service", unknown_name=True)


def undo(world: World) -> None:
    """Let it know its name."""
    world.fleet.behave("conflict-service", unknown_name=False)
