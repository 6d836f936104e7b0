"""One replica of tenant-service cannot resolve org_units and falls back to the legacy tables.

Shim and after flip 1: STOP. Its answers stay the same; only its log tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Break the shim of the first replica."""
    world.fleet.behave("tenant-service", pod=0, fallback_to_legacy=True)


def undo(world: World) -> None:
    """Mend it; what it logged stays."""
    world.fleet.behave("tenant-service", pod=0, fallback_to_legacy=False)
