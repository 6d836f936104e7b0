"""One in ten calls of ConflictService fail at the gateway, and nothing else does.

After flip 3, error rate by service: STOP. It shows in the time that passes from here on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Let them fail."""
    world.fleet.behave("gateway", error_ratio=0.1, error_service="ConflictService")


def undo(world: World) -> None:
    """Let them succeed; what has failed stays in the history."""
    world.fleet.behave("gateway", error_ratio=0.0, error_service="")
