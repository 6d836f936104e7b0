"""The way back: the lever itself, and the order in which it is pulled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault
from flipgate.rehearsal.services.seed import TEST_ORG

_NEW = "new_services_enabled"
_LEGACY = ("pillars", "teams", "team_memberships")

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_LEVER = "The legacy tables exist and receive every write"


@fault("", Trial("preflight", _LEVER, STOP, told="Phase 3 has begun"))
def phase_3_begun(world: World) -> Iterator[None]:
    """The legacy tables are gone: Phase 3 has begun, and there is no way back."""
    _rename(world, "", "_dropped")
    yield
    _rename(world, "_dropped", "")


@fault(
    "A12 I6",
    Trial(
        "rollback",
        "Flags were flipped back in reverse order",
        STOP,
        told='while "cascade_4layer" is true',
        begins="before",
        stays=True,
    ),
)
def rollback_in_wrong_order(world: World) -> None:
    """Reads were switched back to the legacy tables while the flags that build on them still read true."""
    world.flip("cascade_4layer", value=True)


@fault(
    "I1",
    Trial("rollback", "The paths of the new services are dark again and say why", HOLD, begins="before", stays=True),
)
def gate_still_open(world: World) -> Iterator[None]:
    """One replica of the gateway took new_services_enabled for true once, and lets its callers through ever since."""
    world.flip(_NEW, value=True)
    world.refresh("a flip too early")
    with world.fleet.misbehaving("gateway", pod=1, stale_flags=True):
        world.flip(_NEW, value=False)
        yield


@fault("I2", Trial("rollback", "The rollback restores every answer", STOP, told="name", stays=True))
def legacy_team_renamed(world: World) -> Iterator[None]:
    """One team has another name in the legacy table than it had before the flip, and nobody edited it."""
    with world.postgres.connect() as connection:
        connection.execute("update teams set name = name || ' (new)' where tenant_id = %s", (TEST_ORG,))
    yield
    with world.postgres.connect() as connection:
        connection.execute(
            "update teams set name = left(name, -6) where tenant_id = %s and name like '%% (new)'", (TEST_ORG,)
        )


@fault(
    "I1",
    Trial(
        "rollback",
        "After the rollback every replica reads the tables that its flag names",
        HOLD,
        told="not in force",
        begins="before",
        stays=True,
    ),
)
def one_replica_stays_behind(world: World) -> Iterator[None]:
    """The flag is back, and one replica of tenant-service goes on reading the mirror."""
    with world.fleet.misbehaving("tenant-service", pod=1, stale_flags=True):
        yield


def _rename(world: World, before: str, after: str) -> None:
    with world.postgres.connect() as connection:
        for table in _LEGACY:
            old, new = sql.Identifier(table + before), sql.Identifier(table + after)
            connection.execute(sql.SQL("alter table {} rename to {}").format(old, new))
