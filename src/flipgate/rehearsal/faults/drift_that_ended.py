"""Drift was open for five minutes and has been reconciled away, forty minutes ago.

Preflight, live drift: HOLD until one whole detect interval is clean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal import mirror
from flipgate.rehearsal.components.rules import DETECT_INTERVAL_S

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Let the world live through drift, its repair and forty minutes more."""
    mirror.lose_memberships(world, rows=3)
    world.advance(5 * 60)
    mirror.repair(world)
    world.advance(40 * 60)


def undo(world: World) -> None:
    """Let a whole interval pass."""
    world.advance(DETECT_INTERVAL_S)
