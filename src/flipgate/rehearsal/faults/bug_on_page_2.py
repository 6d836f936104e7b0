"""A bug against the ConflictService is open, on the second page of the tracker's list, named in its body only.

Soak, open issues: STOP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """File it, and a page full of harmless ones after it."""
    world.fleet.behave("standins", bugs_filed=True)


def undo(world: World) -> None:
    """As before."""
    world.fleet.behave("standins", bugs_filed=False)
