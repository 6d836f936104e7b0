"""The shim leaves out the last page of ListTeams.

After flip 1, parity: STOP. The first page is the same as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Break the shim of every replica."""
    world.fleet.behave("tenant-service", last_page_missing=True)


def undo(world: World) -> None:
    """Mend it."""
    world.fleet.behave("tenant-service", last_page_missing=False)
