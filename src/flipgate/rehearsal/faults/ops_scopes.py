"""What each role of ops_view sees: too much, too little, or nothing that proves anything."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from psycopg import sql

from flipgate.rehearsal.catalogue import HOLD, OPS_VIEW, STOP, Trial, fault, look_alike
from flipgate.rehearsal.platforms.ops_view import SERVICE
from flipgate.rehearsal.services.ops_seed import ADMINS, ANALYSTS, OTHER_WORKSPACE, VERIFIERS, WORKSPACE
from flipgate.rehearsal.wire import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.platforms.ops_view import OpsView

_QUEUE = "The queue loads for the admin"
_OWN = "The analyst sees own items only"
_AWAITED = "The verifier sees what awaits a verifier"
_WHOLE = "The admin sees the whole workspace"
_EVERY_ROLE = "E3, every role sees what is theirs"
_COUNTS = "E2, the queue holds what the workspace holds"
_TABLES = ("patches", "rfis")


@fault(
    "",
    Trial("after_flip_1", _OWN, HOLD, told="0 items"),
    Trial("before_flip_2", _EVERY_ROLE, HOLD, told="0 items"),
    runbook=OPS_VIEW,
)
def analyst_without_items(world: OpsView) -> Iterator[None]:
    """The analyst that is asked for has nothing in the workspace: every item of an empty list is their own."""
    with _given_away(world, but=0):
        yield


@look_alike("", Trial("after_flip_1", _OWN), Trial("before_flip_2", _EVERY_ROLE), runbook=OPS_VIEW)
def analyst_with_one_item(world: OpsView) -> Iterator[None]:
    """The analyst that is asked for has one patch and one rfi in the workspace."""
    with _given_away(world, but=1):
        yield


@fault(
    "",
    Trial("after_flip_1", _OWN, STOP, told="role_scope.py"),
    Trial("before_flip_2", _EVERY_ROLE, STOP, told="role_scope.py"),
    runbook=OPS_VIEW,
)
def analyst_sees_others(world: OpsView) -> Iterator[None]:
    """Analysts see what others wrote."""
    with world.fleet.misbehaving(SERVICE, scope="analyst:all"):
        yield


@fault("", Trial("after_flip_1", _OWN, STOP, told="role_scope.py"), runbook=OPS_VIEW)
def analyst_sees_others_on_one_replica(world: OpsView) -> Iterator[None]:
    """On one replica of the two analysts see what others wrote."""
    with world.fleet.misbehaving(SERVICE, pod=1, scope="analyst:all"):
        yield


@fault("", Trial("after_flip_1", _AWAITED, STOP, told="role_scope.py"), runbook=OPS_VIEW)
def verifier_sees_everything(world: OpsView) -> Iterator[None]:
    """Verifiers see drafts, and what is done."""
    with world.fleet.misbehaving(SERVICE, scope="verifier:all"):
        yield


@fault("", Trial("after_flip_1", _AWAITED, HOLD), runbook=OPS_VIEW)
def verifier_sees_nothing(world: OpsView) -> Iterator[None]:
    """Verifiers see nothing, though a good deal awaits them."""
    with world.fleet.misbehaving(SERVICE, scope="verifier:none"):
        yield


@look_alike("", Trial("after_flip_1", _AWAITED), runbook=OPS_VIEW)
def one_of_each_awaits_a_verifier(world: OpsView) -> Iterator[None]:
    """All but one patch and one request for information that awaited a verifier are done."""
    with (
        _done(world, "patches", "status", "Submitted", "Approved"),
        _done(world, "rfis", "custody_status", "awaiting_verifier", "resolved"),
    ):
        yield


@look_alike("", Trial("after_flip_1", _QUEUE, also=(_OWN, _AWAITED, _WHOLE)), runbook=OPS_VIEW)
def other_roles_elsewhere(world: OpsView) -> Iterator[None]:
    """In another workspace the admin is an analyst, and the analyst and the verifier are admins."""
    given = [(ADMINS[0], OTHER_WORKSPACE, "analyst")]
    given += [(user, OTHER_WORKSPACE, "admin") for user in (ANALYSTS[0], VERIFIERS[0])]
    with world.postgres.connect() as connection, connection.cursor() as cursor:
        cursor.executemany("insert into user_workspace_roles values (%s, %s, %s)", given)
    yield
    with world.postgres.connect() as connection:
        users = [user for user, *_ in given]
        connection.execute(
            "delete from user_workspace_roles where workspace_id = %s and user_id = any(%s)", (OTHER_WORKSPACE, users)
        )


@look_alike("", Trial("after_flip_1", _QUEUE, also=(_OWN, _AWAITED, _WHOLE)), runbook=OPS_VIEW)
def replica_is_far_away(world: OpsView) -> Iterator[None]:
    """One replica is a hundred milliseconds away, and answers."""
    with world.network.broken(SERVICE, Broken(latency_s=0.1), number=1):
        yield


@fault("", Trial("after_flip_1", _QUEUE, STOP, told="total", also=(_WHOLE,)), runbook=OPS_VIEW)
def empty_queue_for_the_admin(world: OpsView) -> Iterator[None]:
    """The queue is empty for admins."""
    with world.fleet.misbehaving(SERVICE, scope="admin:none"):
        yield


@fault("", Trial("before_flip_2", _COUNTS, HOLD, told="%"), runbook=OPS_VIEW)
def queue_leaves_out_8_percent(world: OpsView) -> Iterator[None]:
    """The queue leaves out eight of a hundred items."""
    with world.fleet.misbehaving(SERVICE, hides=0.08):
        yield


@look_alike("", Trial("before_flip_2", _COUNTS), runbook=OPS_VIEW)
def queue_leaves_out_3_percent(world: OpsView) -> Iterator[None]:
    """The queue lags behind by three of a hundred items."""
    with world.fleet.misbehaving(SERVICE, hides=0.03):
        yield


@contextlib.contextmanager
def _given_away(world: OpsView, but: int) -> Iterator[None]:
    """The analyst's items have another author for as long as the block lasts, but for so many of each kind."""
    mine, other = ANALYSTS[:2]
    given: dict[str, list[str]] = {}
    with world.postgres.connect() as connection:
        for table in _TABLES:
            found = sql.SQL("select id from {} where author_id = %s order by id").format(sql.Identifier(table))
            rows = connection.execute(found, (mine,)).fetchall()
            given[table] = [identity for (identity,) in rows[but:]]
    _written_by(world, other, given)
    yield
    _written_by(world, mine, given)


def _written_by(world: OpsView, author: str, given: dict[str, list[str]]) -> None:
    with world.postgres.connect() as connection:
        for table, ids in given.items():
            change = sql.SQL("update {} set author_id = %s where id = any(%s)").format(sql.Identifier(table))
            connection.execute(change, (author, ids))


@contextlib.contextmanager
def _done(world: OpsView, table: str, state: str, before: str, after: str) -> Iterator[None]:
    """All rows but one of those in a state are in another as long as the block lasts."""
    named = sql.Identifier(table), sql.Identifier(state)
    change = sql.SQL("update {} set {} = %s where id = any(%s)").format(*named)
    found = sql.SQL("select id from {0} where workspace_id = %s and {1} = %s order by id offset 1").format(*named)
    with world.postgres.connect() as connection:
        ids = [identity for (identity,) in connection.execute(found, (WORKSPACE, before)).fetchall()]
        connection.execute(change, (after, ids))
    yield
    with world.postgres.connect() as connection:
        connection.execute(change, (before, ids))
