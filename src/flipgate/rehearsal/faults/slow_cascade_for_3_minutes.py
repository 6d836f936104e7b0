"""Governance checks take 7.5 ms at their p95 on the cascade, for the next three minutes.

After flip 2, p95: HOLD while these minutes are among the last five.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Slow the cascade down."""
    world.fleet.behave("context-engine", slow_p95_ms=7.5, slow_minutes=3.0)


def undo(world: World) -> None:
    """Make it fast again; what was slow stays in the history."""
    world.fleet.behave("context-engine", slow_p95_ms=0.0)
