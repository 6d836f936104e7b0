"""Today's reconciliation report has not been written.

Preflight, 7-day gate: HOLD.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Remove today's report."""
    world.reports.path(world.reports.today()).unlink()


def undo(world: World) -> None:
    """Write it again."""
    world.reports.rewrite(world.reports.today())
