"""Prometheus does not run.

Every gate that reads metrics or alert rules: HOLD.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.components import rules

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Stop it."""
    world.prometheus.stop()


def undo(world: World) -> None:
    """Start it on the data that it had; the scrapes that it missed stay missing."""
    world.prometheus.start()
    world.hand_on(rules.WATCHDOG)
