"""What is captured before the first flip, for later stages to compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, Trial, fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World


@fault("A16 E7", Trial("baseline", "Every tenant's answers are captured", HOLD, told="tenant-service at 127.0.0.1:"))
def replica_away(world: World) -> Iterator[None]:
    """One replica of tenant-service is not there."""
    with world.fleet.away("tenant-service", pod=1):
        yield


@fault("", Trial("baseline", "The verdicts of the old path are captured", HOLD, told="context-engine at 127.0.0.1:"))
def governance_replica_away(world: World) -> Iterator[None]:
    """One replica of context-engine is not there."""
    with world.fleet.away("context-engine", pod=1):
        yield
