"""One replica of tenant-service logs its calls no more; the others do.

Shim: HOLD, once the lines before it are older than the window.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Silence the second replica."""
    world.fleet.behave("tenant-service", pod=1, silent=True)


def undo(world: World) -> None:
    """Let it log again."""
    world.fleet.behave("tenant-service", pod=1, silent=False)
