"""The way back of ops_view: in the wrong order, too slowly, or not everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, OPS_VIEW, STOP, Trial, fault, look_alike
from flipgate.rehearsal.platforms.ops_view import READ, SERVICE, WRITE
from flipgate.rehearsal.services.ops_seed import OTHER_WORKSPACE, WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.platforms.ops_view import OpsView

_ORDER = "The rollback leaves the flags in their sequence"
_REVERSE = "Writes went back before reads"
_IN_TIME = "The flags were back within two minutes"
_SOURCE = "The queue answers from where the flags say"
_MOVED_SQL = """
    update patches set workspace_id = %s where id in
        (select id from patches where workspace_id = %s order by id limit 40)
    returning id"""


@fault("", Trial("rollback", _ORDER, STOP, told=WRITE, begins="before", stays=True, also=(_REVERSE,)), runbook=OPS_VIEW)
def reads_back_before_writes(world: OpsView) -> None:
    """Reads were flipped back while writes still go to the database."""
    world.flip(WRITE, value=True)


@fault("", Trial("rollback", _IN_TIME, STOP, begins="flipped", stays=True), runbook=OPS_VIEW)
def replica_back_after_3_minutes(world: OpsView) -> Iterator[None]:
    """One replica came back three minutes after the restart had begun."""
    with world.fleet.away(SERVICE, 1):
        world.advance(180)
    yield


@look_alike("", Trial("rollback", _IN_TIME, begins="before", stays=True), runbook=OPS_VIEW)
def replica_restarted_before_the_flip_back(world: OpsView) -> Iterator[None]:
    """One replica was restarted ten minutes before the flip back, which both were quick to follow."""
    world.fleet.restart(SERVICE, 0)
    world.advance(600)
    yield


@fault("", Trial("rollback", _ORDER, HOLD, told="ops-view", begins="flipped", stays=True), runbook=OPS_VIEW)
def replica_still_reads_the_database(world: OpsView) -> Iterator[None]:
    """One replica was started with the old configuration, and goes on reading the database."""
    with world.fleet.started_with(SERVICE, 1, **{READ: "true"}):
        yield


@fault("", Trial("rollback", _SOURCE, STOP, told="total"), runbook=OPS_VIEW)
def empty_queue_after_the_rollback(world: OpsView) -> Iterator[None]:
    """The local copies are empty: the queue shows admins nothing."""
    with world.fleet.misbehaving(SERVICE, scope="admin:none"):
        yield


@look_alike("", Trial("rollback", _SOURCE), runbook=OPS_VIEW)
def database_went_on(world: OpsView) -> Iterator[None]:
    """Since the restart forty patches have gone to another workspace: the local copies and the database differ."""
    with world.postgres.connect() as connection:
        gone = connection.execute(_MOVED_SQL, (OTHER_WORKSPACE, WORKSPACE)).fetchall()
    yield
    with world.postgres.connect() as connection:
        ids = [identity for (identity,) in gone]
        connection.execute("update patches set workspace_id = %s where id = any(%s)", (WORKSPACE, ids))
