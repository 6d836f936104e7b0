"""The door that writes lets named procedures pass, on test records and what was made for them, and nothing else."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from pytest_httpserver import HTTPServer

from flipgate.config.secret import Secret
from flipgate.core.errors import Malformed, Refused, Unreachable
from flipgate.core.written import Written, left_over
from flipgate.safety.http import Replica
from flipgate.safety.procedures import WRITE_PROCEDURES
from flipgate.safety.tally import Count, counted
from flipgate.safety.writes import Body, Leave, WriteDoor

PATCH: Body = {"record_id": "rec", "field_key": "title", "intent": "smoke"}
PATCHES = "/api/v2.5/workspaces/ws/patches"


@pytest.fixture
def told() -> list[Written]:
    return []


@pytest.fixture
def leave(told: list[Written]) -> Leave:
    return Leave("ws", ("rec",), told.append)


@pytest.fixture
def door(httpserver: HTTPServer, leave: Leave) -> WriteDoor:
    address = urlsplit(httpserver.url_for("")).netloc
    return WriteDoor("ops_view", Replica(httpserver.url_for(""), address), Secret("user-a", "file:a"), leave)


def creates(server: HTTPServer, body: str = '{"data": {"id": "p1"}}', status: int = 201) -> None:
    server.expect_request(PATCHES, method="POST").respond_with_data(body, status, content_type="application/json")


def test_a_named_procedure_passes_with_its_users_token(httpserver: HTTPServer, door: WriteDoor, leave: Leave) -> None:
    creates(httpserver)
    assert door.write("gate", "create patch", PATCH).status == 201
    request = httpserver.log[0][0]
    assert (request.headers["Authorization"], request.json) == ("Bearer user-a", PATCH)
    assert "Connect-Protocol-Version" not in request.headers
    assert leave.made == {"p1": "rec"}


def test_what_was_made_can_be_moved_and_withdrawn(httpserver: HTTPServer, door: WriteDoor, told: list[Written]) -> None:
    creates(httpserver)
    httpserver.expect_request("/api/v2.5/patches/p1", method="PATCH").respond_with_json({})
    httpserver.expect_request("/api/v2.5/patches/p1", method="DELETE").respond_with_data("", 204)
    door.write("gate", "create patch", PATCH)
    door.write("gate", "move patch", {"status": "Submitted", "version": 1}, "p1")
    assert [one.id for one in left_over(told)] == ["p1"]
    assert door.write("", "withdraw patch", {}, "p1").status == 204
    assert left_over(told) == ()


@pytest.mark.parametrize(
    ("name", "body", "record"),
    [
        ("delete workspace", {}, ""),
        ("create patch", {**PATCH, "record_id": "other"}, ""),
        ("create patch", {**PATCH, "force": 1}, ""),
        ("create patch", {"record_id": "rec"}, ""),
        ("move patch", {"status": "Submitted", "version": 1}, "p1"),
        ("withdraw patch", {}, "p1"),
        ("withdraw patch", {}, ""),
        ("withdraw patch", {}, "../rfis/r1"),
    ],
)
def test_all_else_is_refused_unsent_and_counted(
    httpserver: HTTPServer, door: WriteDoor, told: list[Written], name: str, body: Body, record: str
) -> None:
    before = counted().get(door.system, Count())
    with pytest.raises(Refused):
        door.write("gate", name, body, record)
    assert httpserver.log == []
    assert told == []
    assert counted()[door.system].since(before) == Count(refused=1)


@pytest.mark.parametrize("record", ["a/b", "a?b", "a%2fb", "", "-a", "a" * 101])
def test_an_id_that_no_path_may_hold_is_refused_whoever_made_it(door: WriteDoor, leave: Leave, record: str) -> None:
    leave.made[record] = "rec"
    with pytest.raises(Refused):
        door.write("gate", "withdraw patch", {}, record)


def test_a_write_is_a_call_that_was_no_read(httpserver: HTTPServer, door: WriteDoor) -> None:
    creates(httpserver)
    before = counted().get(door.system, Count())
    door.write("gate", "create patch", PATCH)
    assert counted()[door.system].since(before) == Count(calls=1, writes=1)


def test_a_write_that_gets_no_answer_was_told_before(leave: Leave, told: list[Written], free_port: int) -> None:
    away = WriteDoor("ops_view", Replica("http://127.0.0.1", f"127.0.0.1:{free_port}"), Secret("u", "file:u"), leave)
    with pytest.raises(Unreachable):
        away.write("gate", "create patch", PATCH)
    assert [(one.procedure, one.id, one.status) for one in told] == [("create patch", "", 0)]


@pytest.mark.parametrize(
    ("body", "status"),
    [('{"data": {"id": "p1"}}', 409), ('{"data": {"id": "a/b"}}', 201), ('{"data": {}}', 201), ("no JSON", 201)],
)
def test_an_answer_that_names_nothing_made_gives_no_leave(
    httpserver: HTTPServer, door: WriteDoor, leave: Leave, body: str, status: int
) -> None:
    creates(httpserver, body, status)
    door.write("gate", "create patch", PATCH)
    assert leave.made == {}


def test_the_door_that_writes_reads_nothing(httpserver: HTTPServer, door: WriteDoor) -> None:
    with pytest.raises(Malformed, match="not asked"):
        door.get("/api/v2.5/feature-flags")
    assert httpserver.log == []


def test_a_procedure_names_a_test_record_or_what_was_made_for_one() -> None:
    for procedure in WRITE_PROCEDURES.values():
        assert bool(procedure.names) != ("{id}" in procedure.template)
        assert procedure.names in procedure.fields or not procedure.names
