"""How ops_view writes: without its audit trail, over somebody else's version, twice, or past the custody matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from flipgate.rehearsal.boxes import OPS_BOXES
from flipgate.rehearsal.catalogue import HOLD, OPS_VIEW, STOP, Trial, fault, look_alike
from flipgate.rehearsal.platforms.ops_view import SERVICE
from flipgate.rehearsal.services.ops_seed import ANALYSTS, OTHER_WORKSPACE, TEST_RECORD, USERS, WORKSPACE, identity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.platforms.ops_view import OpsView

_SUBMITTED = "A patch is created and submitted, and its version is bumped"
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
_ARCHIVED_SQL = """
    update audit_events set event_type = 'archived'
    where event_type = 'transition' and timestamp_iso < now() - interval '1 day'"""
_WORKSPACES = {"here": WORKSPACE, "elsewhere": OTHER_WORKSPACE}
_OTHERS_SQL = """
    with patch as (insert into patches values
        (%(pat)s, %(here)s, %(record)s, 'title', 'correct a typo', 'Draft', %(author)s, 1, now(), now())),
    rfi as (insert into rfis values
        (%(rfi)s, %(here)s, 'Which source is newer?', %(record)s, 'awaiting_verifier', %(author)s, 1, now(), now()))
    insert into drive_batches values
        (%(bat)s || '1', %(here)s, %(record)s, '1', %(author)s, now()),
        (%(bat)s || '2', %(elsewhere)s, %(record)s, '2', %(author)s, now())"""
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


@fault(
    "",
    Trial("after_flip_2", _SUBMITTED, STOP, told="v1 to v3", also=(_CUSTODY,)),
    runbook=OPS_VIEW,
)
def versions_skip_one(world: OpsView) -> Iterator[None]:
    """Every transition makes the version two more: somebody's number is lost each time."""
    with world.fleet.misbehaving(SERVICE, bump=2):
        yield


@look_alike(
    "",
    Trial("after_flip_2", _SUBMITTED, also=(_CUSTODY, _STALE, _AUDITED)),
    Trial("soak", _DEDUPED, also=(_TEN, _SAME_STATE)),
    runbook=OPS_VIEW,
)
def others_work_on_the_test_record(world: OpsView) -> Iterator[None]:
    """Somebody else has a patch, a request and batches of the test record: another revision, another workspace."""
    made = {kind: identity(kind, "of others", TEST_RECORD) for kind in ("pat", "rfi", "bat")}
    with world.postgres.connect() as connection:
        connection.execute(_OTHERS_SQL, {**made, "record": TEST_RECORD, "author": ANALYSTS[1], **_WORKSPACES})
    yield
    with world.postgres.connect() as connection:
        for table in ("patches", "rfis", "drive_batches"):
            gone = sql.SQL("delete from {} where id like any(%s)").format(sql.Identifier(table))
            connection.execute(gone, ([f"{one}%" for one in made.values()],))


@look_alike("", Trial("soak", _TEN), runbook=OPS_VIEW)
def audit_trail_of_yesterday_archived(world: OpsView) -> Iterator[None]:
    """The audit trail holds the last day only: what is older has been archived."""
    with world.postgres.connect() as connection:
        connection.execute(_ARCHIVED_SQL)
    yield
    with world.postgres.connect() as connection:
        connection.execute("update audit_events set event_type = 'transition' where event_type = 'archived'")
