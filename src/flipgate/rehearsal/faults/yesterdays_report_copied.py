"""Today's reconciliation report is yesterday's file under today's name.

Preflight, 7-day gate: STOP.
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Copy the file."""
    today = world.reports.today()
    shutil.copyfile(world.reports.path(today - timedelta(days=1)), world.reports.path(today))


def undo(world: World) -> None:
    """Write today's own report again."""
    world.reports.rewrite(world.reports.today())
