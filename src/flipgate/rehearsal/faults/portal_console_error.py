"""The portal logs an error to the console of the browser.

Portal, all four flows: STOP. Its content is whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Let every page log an error."""
    world.fleet.behave("portal", console_error=True)


def undo(world: World) -> None:
    """Mend the page."""
    world.fleet.behave("portal", console_error=False)
