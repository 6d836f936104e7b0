"""One issue of the backend track was closed as not planned.

Preflight, backend track: STOP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Close #688 that way."""
    world.fleet.behave("standins", not_planned=688)


def undo(world: World) -> None:
    """Close it by its merged pull request, as before."""
    world.fleet.behave("standins", not_planned=0)
