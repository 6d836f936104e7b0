"""The mirror tables behind the back of dual-write: rows taken away, rows put right again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.services.seed import TENANTS

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World

DRIFTING = TENANTS[4].id
_LOSE_SQL = """
    delete from org_unit_memberships where tenant_id = %s and (org_unit_id, member_id) in
        (select org_unit_id, member_id from org_unit_memberships where tenant_id = %s
         order by org_unit_id, member_id limit %s)"""
_REPAIR_SQL = """
    insert into org_unit_memberships (org_unit_id, member_id, tenant_id, role, updated_at)
    select team_id, member_id, tenant_id, role, updated_at from team_memberships
    on conflict (org_unit_id, member_id) do nothing"""


def lose_memberships(world: World, rows: int) -> None:
    """One tenant's mirror loses rows; the reconciler has seen it when this returns."""
    with world.postgres.connect() as connection:
        connection.execute(_LOSE_SQL, (DRIFTING, DRIFTING, rows))
    world.fleet.reconcile()


def repair(world: World) -> None:
    """Every lost membership is mirrored again; the reconciler has seen it when this returns."""
    with world.postgres.connect() as connection:
        connection.execute(_REPAIR_SQL)
    world.fleet.reconcile()
