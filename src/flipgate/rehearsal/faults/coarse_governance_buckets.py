"""The histograms of governance have no bound between 5 and 10 ms.

After flip 2, p95: HOLD; 5 and 7 ms cannot be told apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Leave bounds out, as long as the processes live."""
    world.fleet.behave("context-engine", coarse_buckets=True)


def undo(world: World) -> None:
    """Begin anew with all bounds."""
    for pod in range(3):
        world.fleet.restart("context-engine", pod)
