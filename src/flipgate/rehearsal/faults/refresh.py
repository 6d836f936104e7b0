"""The operator's refresh of the flag caches (§13), its guard, and the row that it leaves in the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault, look_alike

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World


_GATE = "The refresh is for platform admins, and leaves one audit row"


@fault("", Trial("after_flip_3", _GATE, STOP, told="a refresh without a token: let in: 200"))
def refresh_for_everybody(world: World) -> Iterator[None]:
    """The refresh of the flag caches asks nobody for a token or a clearance."""
    with world.fleet.misbehaving("gateway", refresh_for_all=True):
        yield


@fault("", Trial("after_flip_3", _GATE, HOLD, told="no row since the flip"))
def audit_row_missing(world: World) -> Iterator[None]:
    """The audit row of the operator's refresh was lost on its way."""
    with world.postgres.connect() as connection:
        connection.execute("delete from agent_audit_log where audit_kind = 'config.refresh'")
    yield
    world.refresh("the audit row was lost")


@fault("", Trial("after_flip_3", _GATE, HOLD, told="doubled: config.refresh"))
def audit_row_doubled(world: World) -> Iterator[None]:
    """The audit writer wrote the row of the operator's refresh twice."""
    with world.postgres.connect() as connection:
        connection.execute(
            "insert into agent_audit_log select id || '-again', audit_kind, surface, actor_user_id, actor_clearance,"
            " reason, created_at + interval '40 ms' from agent_audit_log where audit_kind = 'config.refresh'"
        )
    yield
    with world.postgres.connect() as connection:
        connection.execute("delete from agent_audit_log where id like '%-again'")


@fault("", Trial("after_flip_3", _GATE, HOLD, told="misshapen: config.refresh feature-flags"))
def audit_row_misshapen(world: World) -> Iterator[None]:
    """The audit row of the operator's refresh names the wrong surface."""
    _name_surface(world, "feature-flags")
    yield
    _name_surface(world, "v23-feature-flags")


@look_alike("", Trial("after_flip_3", _GATE))
def two_admins_refresh(world: World) -> Iterator[None]:
    """A second admin refreshed in the same moment as the operator, and the operator once more later: a row for each."""
    with world.postgres.connect() as connection:
        connection.execute(
            "insert into agent_audit_log select id || '-other', audit_kind, surface, 'user_second', actor_clearance,"
            " reason, created_at + interval '40 ms' from agent_audit_log where audit_kind = 'config.refresh'"
        )
    world.refresh("once more")
    yield
    with world.postgres.connect() as connection:
        connection.execute("delete from agent_audit_log where id like '%-other' or reason = 'once more'")


def _name_surface(world: World, surface: str) -> None:
    with world.postgres.connect() as connection:
        connection.execute("update agent_audit_log set surface = %s where audit_kind = 'config.refresh'", (surface,))
