"""The cascade is too slow on one replica for six minutes, so its breaker takes it back to three layers.

After flip 2, breaker: STOP. It shows in the time that passes from here on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Slow one replica down."""
    world.fleet.behave("context-engine", pod=0, slow_p95_ms=7.5, slow_minutes=6.0)


def undo(world: World) -> None:
    """Restart it, as the operator does after having found the cause (§11.4)."""
    world.fleet.restart("context-engine", pod=0)
