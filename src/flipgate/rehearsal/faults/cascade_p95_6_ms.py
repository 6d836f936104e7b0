"""Governance checks take 6 ms at their p95 on the four-layer cascade.

After flip 2, p95: HOLD; the target is missed, the hard stop is not met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Slow the cascade down for two hours."""
    world.fleet.behave("context-engine", slow_p95_ms=6.0, slow_minutes=120.0)


def undo(world: World) -> None:
    """Make it fast again; what was slow stays in the history."""
    world.fleet.behave("context-engine", slow_p95_ms=0.0)
