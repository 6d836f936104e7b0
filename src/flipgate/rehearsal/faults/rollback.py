"""The way back: the lever itself, and the order in which it is pulled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from flipgate.rehearsal import overrides
from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault, look_alike
from flipgate.rehearsal.services.seed import TEST_ORG

_NEW = "new_services_enabled"
_LEGACY = ("pillars", "teams", "team_memberships")

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_REVERSE = "Flags were flipped back in reverse order"
_DARK = "The paths of the new services are dark again and say why"
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
        _REVERSE,
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
    Trial("rollback", _DARK, HOLD, begins="before", stays=True),
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


@look_alike("", Trial("preflight", _LEVER))
def mirror_written_a_moment_later(world: World) -> Iterator[None]:
    """The newest row of the mirror was written forty seconds after the newest legacy one, which is no lag yet."""
    with world.fleet.misbehaving("traffic", writer_paused=True):
        world.advance(40)
        with world.postgres.connect() as connection:
            connection.execute(
                "update org_unit_memberships set updated_at = now() where tenant_id = %s and org_unit_id ="
                " (select min(org_unit_id) from org_unit_memberships where tenant_id = %s)",
                (TEST_ORG, TEST_ORG),
            )
        yield


@look_alike("A15 I6", Trial("rollback", _REVERSE, also=(_DARK,)))
def rows_that_always_said_false(world: World) -> Iterator[None]:
    """The database has said false of both later flags for a month: no flip back, though it is older than the first."""
    cascade = overrides.held(world, "cascade_4layer", value=False, by="the migration", days_ago=30)
    with cascade, overrides.held(world, _NEW, value=False, by="the migration", days_ago=31):
        yield


@look_alike("C10", Trial("rollback", "Governance latency is back where it was", begins="flipped", stays=True))
def checks_one_bucket_slower(world: World) -> Iterator[None]:
    """Checks take 3.5 ms at their p95 after the flip back, in place of 3: one bucket more than at the baseline."""
    with world.fleet.misbehaving("context-engine", legacy_p95_ms=3.5):
        yield


def _rename(world: World, before: str, after: str) -> None:
    with world.postgres.connect() as connection:
        for table in _LEGACY:
            old, new = sql.Identifier(table + before), sql.Identifier(table + after)
            connection.execute(sql.SQL("alter table {} rename to {}").format(old, new))
