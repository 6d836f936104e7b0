"""Three rows of one tenant are missing from the mirror, which only a labelled series tells.

Preflight, live drift: STOP. The same with no series above 0 is a healthy environment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal import mirror

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Take the rows away."""
    mirror.lose_memberships(world, rows=3)


def undo(world: World) -> None:
    """Mirror them again; the interval that has to be clean is counted from here."""
    mirror.repair(world)
