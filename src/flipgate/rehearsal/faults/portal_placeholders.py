"""The portal shows grey rows that say "Loading…" for ever.

Portal, all four flows: STOP. There are as many rows as ever, and none of them is a record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Keep the placeholders."""
    world.fleet.behave("portal", placeholder=True)


def undo(world: World) -> None:
    """Mend the page."""
    world.fleet.behave("portal", placeholder=False)
