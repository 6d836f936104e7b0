"""One replica of the gateway still serves the old value of new_services_enabled, in spite of the refresh.

After flip 3, flag cache: HOLD, the replica named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Keep its gate shut."""
    world.fleet.behave("gateway", pod=1, instead="gate_404")


def undo(world: World) -> None:
    """Let it follow the flag."""
    world.fleet.behave("gateway", pod=1, instead="")
