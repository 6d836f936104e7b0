"""The portal cannot load its own configuration.

Portal, all four flows: STOP. Its page says so politely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Let the configuration answer 500."""
    world.fleet.behave("portal", failed_request=True)


def undo(world: World) -> None:
    """Mend the page."""
    world.fleet.behave("portal", failed_request=False)
