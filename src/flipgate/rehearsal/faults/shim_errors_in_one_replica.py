"""One replica of tenant-service logs an error that names the shim with every ListTeams.

Shim: STOP. The shim path is invoked all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Let the second replica log errors."""
    world.fleet.behave("tenant-service", pod=1, shim_errors=True)


def undo(world: World) -> None:
    """Mend it; what it logged stays."""
    world.fleet.behave("tenant-service", pod=1, shim_errors=False)
