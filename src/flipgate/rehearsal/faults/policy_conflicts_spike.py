"""The cascade finds sixty times as many policy conflicts as were found before.

After flip 2, policy conflicts: STOP. It shows in the time that passes from here on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Let policies conflict."""
    world.fleet.behave("context-engine", conflicts_per_hour=180.0)


def undo(world: World) -> None:
    """Let them conflict as often as before."""
    world.fleet.behave("context-engine", conflicts_per_hour=3.0)
