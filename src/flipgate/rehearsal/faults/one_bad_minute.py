"""For one minute, the next, three of a hundred requests at the gateway fail.

After flip 1, error rate: STOP, though the mean over ten minutes is below the limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World

# What has failed stays in the history of this world.
UNDO = None


def inject(world: World) -> None:
    """Begin the minute."""
    world.fleet.behave("gateway", bad_minute=0.03)
