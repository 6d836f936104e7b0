"""The portal prints the token of its user on every page.

Portal, all four flows: HOLD. No screenshot is kept of such a page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Print the token."""
    world.fleet.behave("portal", shows_token=True)


def undo(world: World) -> None:
    """Mend the page."""
    world.fleet.behave("portal", shows_token=False)
