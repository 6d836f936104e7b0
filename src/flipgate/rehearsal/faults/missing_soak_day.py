"""The reconciliation report of yesterday, a day of the soak, has not been written.

Soak, daily reports: HOLD.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World

_A_DAY = timedelta(days=1)


def inject(world: World) -> None:
    """Remove yesterday's report."""
    world.reports.path(world.reports.today() - _A_DAY).unlink()


def undo(world: World) -> None:
    """Write it again."""
    world.reports.rewrite(world.reports.today() - _A_DAY)
