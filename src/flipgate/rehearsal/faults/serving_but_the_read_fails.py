"""conflict-service says that it serves, and fails every read.

After flip 3, flows end to end: STOP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Let it fail."""
    world.fleet.behave("conflict-service", read_fails=True)


def undo(world: World) -> None:
    """Let it answer."""
    world.fleet.behave("conflict-service", read_fails=False)
