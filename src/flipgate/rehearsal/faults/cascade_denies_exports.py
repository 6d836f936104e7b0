"""The cascade denies every export, which the three layers mostly allowed.

After flip 2, verdicts and share of deny: STOP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Give the layer of members a wrong policy."""
    world.fleet.behave("context-engine", denies="export")


def undo(world: World) -> None:
    """Take it away."""
    world.fleet.behave("context-engine", denies="")
