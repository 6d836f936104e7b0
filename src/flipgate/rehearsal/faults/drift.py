"""Legacy and mirror that drift apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal import mirror
from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault
from flipgate.rehearsal.components.rules import DETECT_INTERVAL_S
from flipgate.rehearsal.services.seed import TEST_ORG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_NOW = "No series of open drift is above zero, and none was for a whole interval"


@fault("", Trial("preflight", _NOW, STOP, told="tenant="))
def labelled_drift(world: World) -> Iterator[None]:
    """Three rows of one tenant are missing from the mirror, which only a labelled series tells."""
    mirror.lose_memberships(world, rows=3)
    yield
    mirror.repair(world)
    world.advance(DETECT_INTERVAL_S + 60)


@fault(
    "",
    Trial("preflight", _NOW, HOLD, told="run this stage again at"),
    Trial("soak", "Legacy and mirror never drifted apart in the soak", STOP, told="above 0 at", stays=True),
)
def drift_that_ended(world: World) -> Iterator[None]:
    """Drift was open for five minutes and has been reconciled away, forty minutes ago."""
    mirror.lose_memberships(world, rows=3)
    world.advance(5 * 60)
    mirror.repair(world)
    world.advance(40 * 60)
    yield
    world.advance(DETECT_INTERVAL_S)


@fault("", Trial("after_flip_1", "The first flip changes no answer", STOP, told="name", stays=True))
def renamed_team(world: World) -> Iterator[None]:
    """One team has another name in the mirror than in the legacy table, and nobody edited it; the counts agree."""
    with world.postgres.connect() as connection:
        connection.execute(
            "update org_units set name = name || ' (old)' where id ="
            " (select min(id) from org_units where tenant_id = %s and kind = 'team')",
            (TEST_ORG,),
        )
    world.fleet.reconcile()
    yield
    with world.postgres.connect() as connection:
        connection.execute("update org_units u set name = t.name from teams t where t.id = u.id and u.name <> t.name")
    world.fleet.reconcile()
