"""The shim answers ListTeams with nothing.

After flip 1, parity: STOP. Before the flip the legacy path answers, and nothing shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Break the shim of every replica."""
    world.fleet.behave("tenant-service", empty_list_teams=True)


def undo(world: World) -> None:
    """Mend it."""
    world.fleet.behave("tenant-service", empty_list_teams=False)
