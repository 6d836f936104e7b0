"""The breaker of one replica tripped, and the pod was restarted: its counter is 0 again, and it takes four layers.

After flip 2, breaker: STOP, by the history of the counter and by the log of the container before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World

UNDO = None


def inject(world: World) -> None:
    """Slow one replica down until its breaker trips, then restart it."""
    world.fleet.behave("context-engine", pod=0, slow_p95_ms=7.5, slow_minutes=6.0)
    world.advance(7 * 60)
    world.fleet.restart("context-engine", pod=0)
