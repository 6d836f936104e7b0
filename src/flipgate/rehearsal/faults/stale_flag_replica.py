"""One replica of tenant-service keeps the flag values that it has, whatever is flipped from here on.

After flip 1, in force on every replica: HOLD.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Freeze the first replica's flags."""
    world.fleet.behave("tenant-service", pod=0, stale_flags=True)


def undo(world: World) -> None:
    """Let it read its flags again."""
    world.fleet.behave("tenant-service", pod=0, stale_flags=False)
