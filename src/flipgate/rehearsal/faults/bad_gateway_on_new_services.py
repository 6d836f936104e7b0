"""Calls of the new services end in 502 at the gateway.

After flip 3, routes: STOP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Let them end so."""
    world.fleet.behave("gateway", instead="bad_gateway")


def undo(world: World) -> None:
    """Let them through."""
    world.fleet.behave("gateway", instead="")
