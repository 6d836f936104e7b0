"""How ops_view writes: without its audit trail, over somebody else's version, twice, or past the custody matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.boxes import OPS_BOXES
from flipgate.rehearsal.catalogue import HOLD, OPS_VIEW, STOP, Trial, fault, look_alike
from flipgate.rehearsal.platforms.ops_view import SERVICE
from flipgate.rehearsal.services.ops_seed import USERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.platforms.ops_view import OpsView

_AUDITED = "Every transition made here left one audit event of its own"
_CUSTODY = "A request for information passes from role to role as the custody matrix allows"
_STALE = "A stale version is refused and leaves the row as it was"
_TEN = "F3, ten transitions each have their audit event"
_SAME_STATE = "F4, no replica shows a state that the database does not hold"
_DEDUPED = "F5, the same file and revision make one batch"
_NEWEST_SQL = """
    delete from audit_events where event_type = 'transition' and (entity_id, version) in
        (select id, version from rfis order by updated_at desc limit %s)
    returning timestamp_iso, event_type, entity_kind, entity_id, workspace_id, actor_id, from_status, to_status,
        version"""
_PUT_BACK_SQL = """
    insert into audit_events
        (timestamp_iso, event_type, entity_kind, entity_id, workspace_id, actor_id, from_status, to_status, version)
    values (%s, %s, %s, %s, %s, %s, %s, %s, %s)"""


@fault("", Trial("after_flip_2", _AUDITED, STOP), runbook=OPS_VIEW)
def audit_events_of_others_only(world: OpsView) -> Iterator[None]:
    """The audit trail grows by what others do; what the suite's own users do leaves no event."""
    own = ",".join(users[0] for users in USERS.values())
    with world.fleet.misbehaving(SERVICE, unaudited=own):
        yield


@fault(
    "",
    Trial("after_flip_2", _AUDITED, STOP),
    Trial("sign_off", OPS_BOXES[4], HOLD, told='stage "after_flip_2": STOP', after=("after_flip_2",)),
    runbook=OPS_VIEW,
)
def no_audit_events(world: OpsView) -> Iterator[None]:
    """No transition leaves an event."""
    with world.fleet.misbehaving(SERVICE, unaudited="everyone"):
        yield


@fault("", Trial("soak", _TEN, STOP, told="event"), runbook=OPS_VIEW)
def three_audit_events_lost(world: OpsView) -> Iterator[None]:
    """Three of the newest transitions have no event; all others have theirs."""
    with world.fleet.misbehaving("traffic", paused=True):
        with world.postgres.connect() as connection:
            lost = connection.execute(_NEWEST_SQL, (3,)).fetchall()
        yield
        with world.postgres.connect() as connection, connection.cursor() as cursor:
            cursor.executemany(_PUT_BACK_SQL, lost)


@fault("", Trial("soak", _TEN, HOLD, begins="before", stays=True), runbook=OPS_VIEW)
def nobody_writes(world: OpsView) -> Iterator[None]:
    """Nobody has moved anything since the flip: no transition lacks its event."""
    with world.fleet.misbehaving("traffic", paused=True):
        yield


@fault("", Trial("after_flip_2", _STALE, STOP), runbook=OPS_VIEW)
def conflict_that_changed_the_row(world: OpsView) -> Iterator[None]:
    """A write for an old version is answered with 409, and is carried out."""
    with world.fleet.misbehaving(SERVICE, late_writes="change"):
        yield


@fault("", Trial("after_flip_2", _STALE, STOP), runbook=OPS_VIEW)
def stale_version_accepted(world: OpsView) -> Iterator[None]:
    """A write for an old version is carried out like any other."""
    with world.fleet.misbehaving(SERVICE, late_writes="accept"):
        yield


@fault("", Trial("after_flip_2", _CUSTODY, STOP), runbook=OPS_VIEW)
def custody_for_everybody(world: OpsView) -> Iterator[None]:
    """Everybody may make every move of a request for information."""
    with world.fleet.misbehaving(SERVICE, custody="open"):
        yield


@fault("", Trial("soak", _SAME_STATE, STOP), runbook=OPS_VIEW)
def replica_tells_another_state(world: OpsView) -> Iterator[None]:
    """One replica tells of a patch in a state that its row has left."""
    with world.fleet.misbehaving(SERVICE, pod=1, diverges=True):
        yield


@fault("", Trial("soak", _DEDUPED, STOP), runbook=OPS_VIEW)
def batches_made_twice(world: OpsView) -> Iterator[None]:
    """The same file and revision make a second batch."""
    with world.fleet.misbehaving(SERVICE, dedupe_broken=True):
        yield


@look_alike("", Trial("after_flip_2", _AUDITED), runbook=OPS_VIEW)
def busy_audit_trail(world: OpsView) -> Iterator[None]:
    """Others write a great deal while the suite does, each with an event of their own."""
    world.advance(60)
    yield
