"""The gateway knows no route to the new services, as an image from before them would.

After flip 3, routes: STOP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Take the routes away."""
    world.fleet.behave("gateway", instead="raw_404")


def undo(world: World) -> None:
    """Mount them."""
    world.fleet.behave("gateway", instead="")
