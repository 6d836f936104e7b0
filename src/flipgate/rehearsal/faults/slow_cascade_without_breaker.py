"""Governance checks take 7.5 ms at their p95 for the next six minutes, and no breaker is on.

After flip 2, p95: STOP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Slow the cascade down, with every breaker switched off."""
    world.fleet.behave("context-engine", slow_p95_ms=7.5, slow_minutes=6.0, breaker_off=True)


def undo(world: World) -> None:
    """Switch the breakers on; what was slow stays in the history."""
    world.fleet.behave("context-engine", slow_p95_ms=0.0, breaker_off=False)
