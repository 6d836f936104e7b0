"""No replica of tenant-service logs its calls any more.

Shim: HOLD, once the lines before it are older than the window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Silence every replica."""
    world.fleet.behave("tenant-service", silent=True)


def undo(world: World) -> None:
    """Let them log again."""
    world.fleet.behave("tenant-service", silent=False)
