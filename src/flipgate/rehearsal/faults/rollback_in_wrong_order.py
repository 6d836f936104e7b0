"""Reads were switched back to the legacy tables while the flags that build on them still read true.

Rollback, order: STOP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World

UNDO = None  # what was flipped is in the ledger


def inject(world: World) -> None:
    """Flip the first flag back, and no other."""
    world.flip("read_from_org_units", value=False)
