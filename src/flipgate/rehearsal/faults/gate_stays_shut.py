"""The gateway answers with its gate's own 404, whatever the flag says.

After flip 3, routes: HOLD, new_services_enabled named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Shut the gate."""
    world.fleet.behave("gateway", instead="gate_404")


def undo(world: World) -> None:
    """Let it follow the flag."""
    world.fleet.behave("gateway", instead="")
