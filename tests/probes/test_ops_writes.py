"""What the suite writes itself: each attempt with its answer, its row and its own events; told before it is sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer

from flipgate.core.clock import Clock
from flipgate.core.errors import Malformed, NoData, NotConfigured
from flipgate.core.facts.writes import Event
from flipgate.core.written import Written, left_over
from flipgate.probes.ops_writes import OpsWrites
from flipgate.probes.readings import writes as reading
from flipgate.probes.systems import Systems
from tests.probes.ops_application import Application, running, said
from tests.probes.servers import PostgresServer


@pytest.fixture
def app(httpserver: HTTPServer, postgres_server: PostgresServer) -> Iterator[Application]:
    with running(httpserver, postgres_server) as application:
        yield application


@pytest.fixture
def told() -> list[Written]:
    return []


@pytest.fixture
def systems(app: Application, postgres_server: PostgresServer) -> Systems:
    return Systems(app.environment(postgres_server), Clock())


@pytest.fixture
def writes(systems: Systems, told: list[Written]) -> OpsWrites:
    return OpsWrites(systems, "run-1", told.append)


def test_a_patch_is_created_and_submitted(systems: Systems, writes: OpsWrites) -> None:
    created, submitted = reading.patch(systems.clock, writes, "gate").value.attempts
    assert (created.status, created.state, created.version, created.source) == (201, "Draft", 1, "db")
    assert created.before is None
    assert created.after is not None
    assert (submitted.status, submitted.sent_version, submitted.version) == (200, 1, 2)
    assert submitted.before == created.after
    assert submitted.after is not None
    assert (submitted.after.state, submitted.after.version) == ("Submitted", 2)
    assert submitted.events == (Event("transition", "analyst", "Draft", "Submitted", 2),)


def test_the_custody_matrix_is_tried_role_by_role(systems: Systems, writes: OpsWrites) -> None:
    attempts = reading.custody(systems.clock, writes, "gate").value.attempts
    assert [(one.role, one.to_state, one.wants, one.status) for one in attempts] == [
        ("analyst", "open", "made", 201),
        ("verifier", "awaiting_verifier", "forbidden", 403),
        ("analyst", "awaiting_verifier", "made", 200),
        ("analyst", "resolved", "forbidden", 403),
        ("verifier", "returned", "made", 200),
        ("verifier", "awaiting_verifier", "forbidden", 403),
        ("analyst", "awaiting_verifier", "made", 200),
        ("verifier", "resolved", "made", 200),
        ("analyst", "closed", "forbidden", 403),
        ("admin", "closed", "made", 200),
    ]
    refused = [one for one in attempts if one.wants == "forbidden"]
    assert all(one.before == one.after and one.before and not one.events for one in refused)
    assert {one.code for one in refused} == {"FORBIDDEN_TRANSITION"}


def test_a_stale_version_is_tried_after_the_record_moved_on(systems: Systems, writes: OpsWrites) -> None:
    _, moved, stale = reading.stale(systems.clock, writes, "gate").value.attempts
    assert (moved.sent_version, moved.version) == (1, 2)
    assert (stale.role, stale.sent_version, stale.status, stale.code) == ("verifier", 1, 409, "STALE_VERSION")
    assert stale.before == stale.after is not None


def test_a_refusal_that_changes_the_row_is_seen(systems: Systems, writes: OpsWrites, app: Application) -> None:
    def changing(_: object) -> object:
        if (
            writes.leave.made
            and app.database.execute("select 1 from rfis where version = 2 and id like 'made%'").rowcount
        ):
            app.database.execute("update rfis set question = 'changed' where id like 'made%'")
            return said({"error": {"code": "STALE_VERSION", "message": ""}}, 409)
        raise KeyError

    app.instead["PATCH"] = changing  # type: ignore[assignment]
    *_, stale = reading.stale(systems.clock, writes, "gate").value.attempts
    assert stale.before is not None
    assert stale.after is not None
    assert stale.before.digest != stale.after.digest
    assert stale.before.version == stale.after.version


def test_only_events_of_the_record_itself_count(systems: Systems, writes: OpsWrites, app: Application) -> None:
    app.database.execute(
        "create function other() returns trigger language plpgsql as $$ begin "
        "insert into audit_events (event_type, entity_kind, entity_id, actor_id, version) "
        "values ('transition', 'patch', 'p1', 'somebody', 2); return new; end $$; "
        "create trigger other after update on patches for each row execute function other()"
    )
    attempts = reading.audited(systems.clock, writes, "gate").value.attempts
    moved = [one for one in attempts if one.sent_version]
    assert [len(one.events) for one in moved] == [1, 0, 0, 1, 0, 1]


def test_an_event_by_somebody_else_is_told_as_such(systems: Systems, writes: OpsWrites, app: Application) -> None:
    app.database.execute(
        "create function other() returns trigger language plpgsql as $$ begin new.actor_id := 'u'; return new; end $$; "
        "create trigger other before insert on audit_events for each row execute function other()"
    )
    _, submitted = reading.patch(systems.clock, writes, "gate").value.attempts
    assert submitted.events[0].actor == "somebody else"


def test_a_batch_that_is_sent_twice_is_one(systems: Systems, writes: OpsWrites) -> None:
    seen = reading.batches(systems, writes, "gate").value
    assert [(one.status, one.duplicate) for one in seen.answers] == [(201, False), (200, True)]
    assert {one.id for one in seen.answers} == {*seen.rows}
    assert (seen.file, seen.revision) == ("rec_smoke", "flipgate run-1")


@pytest.mark.parametrize("status", [400, 403])
def test_a_record_that_is_not_made_leaves_nothing_to_go_on_with(
    systems: Systems, writes: OpsWrites, app: Application, status: int
) -> None:
    app.instead["POST"] = lambda _: said({"error": {"code": "NO", "message": ""}}, status)
    with pytest.raises(NoData, match=f"{status} NO"):
        reading.patch(systems.clock, writes, "gate")


def test_a_server_that_fails_is_told_with_its_status(systems: Systems, writes: OpsWrites, app: Application) -> None:
    app.instead["POST"] = lambda _: said("no JSON object", 500)
    attempts = reading.patch(systems.clock, writes, "gate").value.attempts
    assert [one.status for one in attempts] == [500]


def test_an_answer_that_is_none_is_malformed(systems: Systems, writes: OpsWrites, app: Application) -> None:
    app.instead["POST"] = lambda _: said(["odd"], 201)
    with pytest.raises(Malformed):
        reading.patch(systems.clock, writes, "gate")


def test_every_write_is_told_before_it_is_sent_and_with_its_answer(
    systems: Systems, writes: OpsWrites, told: list[Written]
) -> None:
    reading.patch(systems.clock, writes, "gate")
    assert [(one.procedure, one.record, one.id, one.status) for one in told] == [
        ("create patch", "rec_smoke", "", 0),
        ("create patch", "rec_smoke", "made-1", 201),
        ("move patch", "rec_smoke", "made-1", 0),
        ("move patch", "rec_smoke", "made-1", 200),
    ]
    assert {one.gate for one in told} == {"gate"}
    assert [one.id for one in left_over(told)] == ["made-1"]


def test_what_is_withdrawn_is_left_nowhere(systems: Systems, writes: OpsWrites, told: list[Written]) -> None:
    reading.patch(systems.clock, writes, "gate")
    reading.batches(systems, writes, "gate")
    assert sorted(writes.left()) == [("drive batch", "made-2"), ("patch", "made-1")]
    for kind, record in writes.left():
        assert writes.is_gone(writes.withdraw(kind, record))
    assert writes.left() == ()
    assert left_over(told) == ()


def test_records_of_other_people_are_no_left_overs(writes: OpsWrites, app: Application) -> None:
    app.database.execute("insert into patches (id, record_id, intent) values ('x', 'rec_smoke', 'by hand')")
    app.database.execute("insert into patches (id, record_id, intent) values ('y', 'other', 'flipgate run-0: smoke')")
    assert writes.left() == ()
    app.database.execute(
        "insert into patches (id, record_id, intent) values ('z', 'rec_smoke', 'flipgate run-0: smoke')"
    )
    assert writes.left() == (("patch", "z"),)


def test_an_environment_that_allows_no_writes_gets_none(app: Application, postgres_server: PostgresServer) -> None:
    bare = Systems(app.environment(postgres_server, writes=None, test_records=()), Clock())
    with pytest.raises(NotConfigured, match="does not say"):
        OpsWrites(bare, "run-1", list[Written]().append)
