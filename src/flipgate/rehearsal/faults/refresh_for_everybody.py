"""The refresh of the flag caches asks nobody for a token or a clearance.

After flip 3, refresh: STOP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Open it."""
    world.fleet.behave("gateway", refresh_for_all=True)


def undo(world: World) -> None:
    """Guard it."""
    world.fleet.behave("gateway", refresh_for_all=False)
