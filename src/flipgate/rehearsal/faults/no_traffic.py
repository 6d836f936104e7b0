"""Nobody calls: no request reaches the gateway.

After flip 1, error rate: HOLD. It shows in the time that passes from here on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.services.load import REQUESTS_PER_MINUTE

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World

_SERVED = ("gateway", "tenant-service", "context-engine")


def inject(world: World) -> None:
    """Stop the traffic."""
    for deployment in _SERVED:
        world.fleet.behave(deployment, requests_per_minute=0)


def undo(world: World) -> None:
    """Let the traffic run again."""
    for deployment in _SERVED:
        world.fleet.behave(deployment, requests_per_minute=REQUESTS_PER_MINUTE)
