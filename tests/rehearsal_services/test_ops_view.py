"""ops_view keeps its contract: flags of its start, scopes by role, versions that count, and a trail of every change."""

from __future__ import annotations

import pytest

from flipgate.rehearsal.services.ops_seed import OTHER_WORKSPACE, USERS
from tests.rehearsal_services.ops import ADMIN, ANALYST, API, READ, VERIFIER, WRITE, Replica, code, events
from tests.rehearsal_services.world import World

pytestmark = pytest.mark.usefixtures("_mended")


def test_flags_are_those_of_the_environment_at_start(local: Replica, reading: Replica, storing: Replica) -> None:
    served = [replica.data("GET", "/feature-flags", ADMIN) for replica in (local, reading, storing)]
    assert [tuple(flags.values()) for flags in served] == [(False, False), (True, False), (True, True)]
    answer = reading.ask("GET", "/feature-flags")
    assert answer.headers["x-ops-view-pod"] == answer.json()["meta"]["pod"] == "ops-view-reading"
    assert answer.headers["x-ops-view-environment"] == "dev"


def test_a_process_says_its_flags_when_it_starts(reading: Replica) -> None:
    (said,) = [record for record in reading.running.records() if record["msg"] == "ops_view feature flags"]
    assert (said[READ], said[WRITE], said["level"]) == (True, False, "INFO")


@pytest.mark.parametrize("kind", ["patches", "rfis"])
def test_each_role_sees_its_part_of_the_workspace(ops: World, reading: Replica, kind: str) -> None:
    awaits = {"patches": "Submitted", "rfis": "awaiting_verifier"}[kind]
    state = {"patches": "status", "rfis": "custody_status"}[kind]
    rows = {row[0]: row for row in ops.rows(kind) if row[1] == reading.workspace}
    shown = {role: reading.everything(f"/workspaces/WS/{kind}", role) for role in USERS}
    assert [one["id"] for one in shown[ADMIN]] == sorted(rows)
    assert {one[state] for one in shown[VERIFIER]} == {awaits}
    assert {one["author_id"] for one in shown[ANALYST]} == {USERS[ANALYST][0]}
    assert 0 < len(shown[ANALYST]) < len(shown[ADMIN])


def test_the_queue_counts_what_it_shows(reading: Replica) -> None:
    for role in USERS:
        queue = reading.data("GET", "/workspaces/WS/operations/queue", role)
        kinds = [item["kind"] for item in queue["items"]]
        assert queue["counts"] == {
            "total": len(kinds),
            "patches": kinds.count("patch"),
            "rfis": kinds.count("rfi"),
        }
        assert kinds


def test_a_list_has_pages(reading: Replica) -> None:
    first = reading.ask("GET", "/workspaces/WS/patches", ADMIN, limit=100).json()
    assert len(first["data"]) == 100
    assert first["meta"]["source"] == "db"
    rest = reading.ask("GET", "/workspaces/WS/patches", ADMIN, limit=100, cursor=first["meta"]["next_cursor"]).json()
    assert rest["meta"]["next_cursor"] == ""
    assert min(one["id"] for one in rest["data"]) > max(one["id"] for one in first["data"])


@pytest.mark.parametrize("asked", [{"limit": 101}, {"limit": 0}, {"limit": "many"}, {"cursor": "é"}])
def test_a_page_that_is_none_is_refused(reading: Replica, asked: dict[str, object]) -> None:
    assert code(reading.ask("GET", "/workspaces/WS/patches", ADMIN, **asked)) == (400, "INVALID_PAGE")


def test_who_asks_has_to_be_somebody_here(reading: Replica) -> None:
    assert code(reading.ask("GET", "/workspaces/WS/operations/queue")) == (401, "UNAUTHORIZED")
    stranger = reading.running.http.get(
        f"{API}/workspaces/{reading.workspace}/rfis", headers={"authorization": "Bearer usr_nobody"}
    )
    assert code(stranger) == (401, "UNAUTHORIZED")
    elsewhere = Replica(reading.running, OTHER_WORKSPACE)
    assert code(elsewhere.ask("GET", "/workspaces/WS/rfis", ADMIN)) == (403, "FORBIDDEN")
    assert code(reading.ask("GET", "/nowhere", ADMIN)) == (404, "NOT_FOUND")


def test_what_is_not_stored_stays_in_the_process(ops: World, reading: Replica, local: Replica) -> None:
    before = (ops.rows("patches"), ops.rows("audit_events"))
    made = local.new_patch()
    moved = local.data("PATCH", f"/patches/{made['id']}", ANALYST, status="Submitted", version=1)
    assert (moved["status"], moved["version"]) == ("Submitted", 2)
    assert made["id"] in {one["id"] for one in local.everything("/workspaces/WS/patches", VERIFIER)}
    assert made["id"] not in {one["id"] for one in reading.everything("/workspaces/WS/patches", ADMIN)}
    assert local.ask("GET", "/workspaces/WS/patches", ADMIN).json()["meta"]["source"] == "local"
    assert local.ask("DELETE", f"/patches/{made['id']}", ANALYST).status_code == 204
    assert before == (ops.rows("patches"), ops.rows("audit_events"))


def test_each_change_is_a_row_a_version_and_an_event(ops: World, storing: Replica) -> None:
    analyst, verifier = USERS[ANALYST][0], USERS[VERIFIER][0]
    made = storing.new_patch()
    storing.data("PATCH", f"/patches/{made['id']}", ANALYST, status="Submitted", version=1)
    approved = storing.data("PATCH", f"/patches/{made['id']}", VERIFIER, status="Approved", version=2)
    rows = ops.sql("select status, version, updated_at from patches where id = %s", made["id"])
    assert [(row[0], row[1]) for row in rows] == [("Approved", 3)]
    assert approved["version"] == 3
    assert storing.ask("DELETE", f"/patches/{made['id']}", ANALYST).status_code == 204
    assert ops.sql("select from patches where id = %s", made["id"]) == []
    assert events(ops, made["id"]) == [
        ("created", analyst, None, "Draft", 1),
        ("transition", analyst, "Draft", "Submitted", 2),
        ("transition", verifier, "Submitted", "Approved", 3),
        ("deleted", analyst, "Approved", None, 3),
    ]


def test_custody_passes_from_role_to_role(ops: World, storing: Replica) -> None:
    made = storing.new_rfi()
    ways = [
        ("awaiting_verifier", VERIFIER, 403),
        ("awaiting_verifier", ANALYST, 200),
        ("returned", ANALYST, 403),
        ("returned", VERIFIER, 200),
        ("resolved", VERIFIER, 403),
        ("awaiting_verifier", ANALYST, 200),
        ("closed", VERIFIER, 403),
        ("closed", ADMIN, 200),
    ]
    version = 1
    for to, role, status in ways:
        answer = storing.ask("PATCH", f"/rfis/{made['id']}", role, custody_status=to, version=version)
        assert answer.status_code == status, (to, role, answer.text)
        version += status == 200
    told = [event[3] for event in events(ops, made["id"])]
    assert told == ["open", "awaiting_verifier", "returned", "awaiting_verifier", "closed"]


def test_only_its_author_submits_a_patch(storing: Replica) -> None:
    made = storing.new_patch()
    other = storing.ask("PATCH", f"/patches/{made['id']}", ANALYST, 1, status="Submitted", version=1)
    assert code(other) == (403, "FORBIDDEN_TRANSITION")
    assert code(storing.ask("DELETE", f"/patches/{made['id']}", ANALYST, 1)) == (403, "FORBIDDEN")
    assert code(storing.ask("POST", "/workspaces/WS/patches", VERIFIER)) == (403, "FORBIDDEN")


def test_a_stale_version_is_refused_before_the_role_is_asked(ops: World, storing: Replica) -> None:
    made = storing.new_rfi()
    before = ops.rows("rfis")
    stale = storing.ask("PATCH", f"/rfis/{made['id']}", VERIFIER, custody_status="closed", version=7)
    assert code(stale) == (409, "STALE_VERSION")
    assert code(storing.ask("PATCH", "/rfis/rfi_none", VERIFIER, custody_status="closed", version=7)) == (
        404,
        "NOT_FOUND",
    )
    assert ops.rows("rfis") == before


@pytest.mark.parametrize("sent", [{}, {"status": "Submitted"}, {"status": "Gone", "version": 1}, {"status": 5}])
def test_a_body_that_is_none_is_refused(storing: Replica, sent: dict[str, object]) -> None:
    made = storing.new_patch()
    assert code(storing.ask("PATCH", f"/patches/{made['id']}", ANALYST, **sent)) == (400, "INVALID_BODY")


def test_the_same_file_and_revision_are_one_batch(ops: World, storing: Replica) -> None:
    asked = {"file_id": "file_of_a_test", "revision": "3"}
    answers = [storing.ask("POST", "/workspaces/WS/drive-batches", ANALYST, **asked) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    first, second = (answer.json()["data"] for answer in answers)
    assert second == {**first, "duplicate": True}
    assert ops.sql("select id from drive_batches where file_id = 'file_of_a_test'") == [(first["id"],)]
    assert storing.ask("DELETE", f"/drive-batches/{first['id']}", ANALYST).status_code == 204
    assert ops.sql("select id from drive_batches where file_id = 'file_of_a_test'") == []
