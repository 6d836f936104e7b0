"""One of the two addresses of rbac-service lacks a role that the other one lists.

After flip 3, flows end to end: STOP, both ways told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Let it lack one."""
    world.fleet.behave("rbac-service", pod=1, last_record_missing=True)


def undo(world: World) -> None:
    """Let it list all."""
    world.fleet.behave("rbac-service", pod=1, last_record_missing=False)
