"""One team has another name in the mirror than in the legacy table, and nobody edited it.

After flip 1, parity: STOP; the counts are the same. The reconciler counts the row as drift.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.services.seed import TEST_ORG

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Rename the test org's first team in the mirror."""
    with world.postgres.connect() as connection:
        connection.execute(
            "update org_units set name = name || ' (old)' where id ="
            " (select min(id) from org_units where tenant_id = %s and kind = 'team')",
            (TEST_ORG,),
        )
    world.fleet.reconcile()


def undo(world: World) -> None:
    """Give it the legacy name again."""
    with world.postgres.connect() as connection:
        connection.execute("update org_units u set name = t.name from teams t where t.id = u.id and u.name <> t.name")
    world.fleet.reconcile()
