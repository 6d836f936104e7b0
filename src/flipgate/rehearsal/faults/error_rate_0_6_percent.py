"""Six of a thousand requests at the gateway fail, steadily.

After flip 1, error rate: STOP. It shows in the time that passes from here on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Let requests fail."""
    world.fleet.behave("gateway", error_ratio=0.006)


def undo(world: World) -> None:
    """Let them succeed; what has failed stays in the history."""
    world.fleet.behave("gateway", error_ratio=0.0)
