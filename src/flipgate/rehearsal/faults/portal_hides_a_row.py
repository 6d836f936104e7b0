"""The portal leaves out the last record of every list.

Portal, all four flows: STOP. Its headings and its first pages are as they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Break the last page of every list."""
    world.fleet.behave("portal", hidden_rows=1)


def undo(world: World) -> None:
    """Mend the page."""
    world.fleet.behave("portal", hidden_rows=0)
