"""A proxy answers 200 with a page of its own in place of the new services.

After flip 3, routes: STOP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Put the proxy before them."""
    world.fleet.behave("gateway", instead="proxy_page")


def undo(world: World) -> None:
    """Take it away."""
    world.fleet.behave("gateway", instead="")
