"""One of the two addresses of rbac-service says that it does not serve.

After flip 3, health: STOP, the address named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Let it say so."""
    world.fleet.behave("rbac-service", pod=1, not_serving=True)


def undo(world: World) -> None:
    """Let it serve."""
    world.fleet.behave("rbac-service", pod=1, not_serving=False)
