"""ops_view keeps its contract: flags of its start, scopes by role, versions that count, and a trail of every change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from flipgate.rehearsal.services.ops_seed import OTHER_WORKSPACE, USERS
from tests.rehearsal_services.ops import ADMIN, ANALYST, HEALTHY, READ, VERIFIER, WRITE, Replica, ops_world, started
from tests.rehearsal_services.test_living import named
from tests.rehearsal_services.world import World

DAY_S = 86400
REQUESTS, DURATIONS = "http_requests_total", "http_request_duration_seconds"
QUEUE = "/api/v2.5/workspaces/:ws/operations/queue"


@pytest.fixture(scope="module")
def ops(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    own = ops_world(world, tmp_path_factory.mktemp("ops"))
    yield own
    for running in own.started:
        running.end()


@pytest.fixture(scope="module")
def local(ops: World) -> Replica:
    return started(ops, "ops-view-local", {READ: "false"})


@pytest.fixture(scope="module")
def reading(ops: World) -> Replica:
    return started(ops, "ops-view-reading", {READ: "true", WRITE: "false"})


@pytest.fixture(scope="module")
def storing(ops: World) -> Replica:
    return started(ops, "ops-view-storing", {READ: "true", WRITE: "true"})


@pytest.fixture(autouse=True)
def _mended(ops: World) -> Iterator[None]:
    yield
    for running in ops.started:
        if "ops-view" in str(running.log_file):
            running.behave(**HEALTHY)


def events(ops: World, identity: str) -> list[Any]:
    return ops.sql(
        "select event_type, actor_id, from_status, to_status, version from audit_events where entity_id = %s"
        " order by id",
        identity,
    )


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


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
        f"/api/v2.5/workspaces/{reading.workspace}/rfis", headers={"authorization": "Bearer usr_nobody"}
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


def test_every_request_is_counted_by_its_route(reading: Replica) -> None:
    labels = {"method": "GET", "route": QUEUE}
    before = reading.running.value(REQUESTS, **labels, code="401") or 0
    reading.ask("GET", "/workspaces/WS/operations/queue")
    assert reading.running.value(REQUESTS, **labels, code="401") == before + 1
    assert reading.running.value(f"{DURATIONS}_bucket", **labels, le="0.5") is not None


def test_a_day_of_reads_is_fast_and_without_an_error(reading: Replica) -> None:
    series = reading.running.live(DAY_S)
    codes = {one["labels"]["code"] for one in named(series, REQUESTS)}
    assert codes <= {"200", "201", "204", "400", "401", "403", "404"}
    buckets = {one["labels"]["le"]: one["values"] for one in named(series, f"{DURATIONS}_bucket", route=QUEUE)}
    grown = {bound: values[-1] - values[0] for bound, values in buckets.items()}
    assert grown["+Inf"] > 10_000
    assert grown["0.1"] < 0.95 * grown["+Inf"] < grown["0.25"]


def test_a_day_of_writes_has_few_conflicts(storing: Replica) -> None:
    series = storing.running.live(DAY_S)
    writes = [one for one in named(series, REQUESTS) if one["labels"]["method"] != "GET"]
    total = sum(one["values"][-1] - one["values"][0] for one in writes)
    late = sum(one["values"][-1] - one["values"][0] for one in writes if one["labels"]["code"] == "409")
    assert total == pytest.approx(DAY_S / 60 * 3, rel=0.02)
    assert late / total == pytest.approx(0.02, rel=0.1)


def test_told_errors_are_in_the_metrics_and_the_log(reading: Replica) -> None:
    reading.running.behave(error_ratio=1.0, errors_at="queue")
    answer = reading.ask("GET", "/workspaces/WS/operations/queue", ADMIN)
    assert code(answer) == (500, "INTERNAL")
    assert reading.ask("GET", "/workspaces/WS/rfis", ADMIN).status_code == 200
    assert reading.running.records()[-1]["level"] == "ERROR"
    series = reading.running.live(600)
    failed = named(series, REQUESTS, route=QUEUE, code="500")
    assert failed[0]["values"][-1] - failed[0]["values"][0] > 100


@pytest.mark.parametrize(
    ("levers", "role", "seen"),
    [({"scope": "analyst:all"}, ANALYST, 180), ({"scope": "admin:none"}, ADMIN, 0), ({"hides": 0.5}, ADMIN, 90)],
)
def test_scopes_can_be_broken(reading: Replica, levers: dict[str, object], role: str, seen: int) -> None:
    reading.running.behave(**levers)
    counts = reading.data("GET", "/workspaces/WS/operations/queue", role)["counts"]
    assert counts["total"] >= seen if seen else counts["total"] == 0
    assert counts["total"] <= seen * 1.2


def test_a_late_write_can_be_carried_out(storing: Replica) -> None:
    made = storing.new_rfi()
    storing.running.behave(late_writes="change")
    late = {"custody_status": "awaiting_verifier", "version": 9}
    assert storing.ask("PATCH", f"/rfis/{made['id']}", ANALYST, **late).status_code == 409
    storing.running.behave(late_writes="accept")
    late["custody_status"] = "returned"
    answered = storing.data("PATCH", f"/rfis/{made['id']}", VERIFIER, **late)
    assert (answered["custody_status"], answered["version"]) == ("returned", 3)


def test_events_can_be_left_out(ops: World, storing: Replica) -> None:
    storing.running.behave(unaudited=USERS[ANALYST][0])
    made = storing.new_patch()
    assert events(ops, made["id"]) == []


def test_users_leave_rows_and_events_of_what_they_lived_through(ops: World, storing: Replica) -> None:
    traffic = ops.start("ops_traffic", "traffic", **{"ops-view": storing.running.ready["http"]})
    traffic.behave(paused=False)
    before = len(ops.rows("audit_events"))
    patches = len(ops.rows("patches"))
    traffic.live(DAY_S)
    told = ops.sql("select count(*) from audit_events where timestamp_iso < now()")[0][0] - before
    assert told == pytest.approx(DAY_S / 60 * 6, rel=0.02)
    assert len(ops.rows("patches")) == patches
    newest = ops.sql(
        "select count(e.id) from (select id, version, custody_status from rfis order by updated_at desc limit 10) r"
        " left join audit_events e on e.entity_id = r.id and e.version = r.version and e.to_status = r.custody_status"
        " group by r.id"
    )
    assert newest == [(1,)] * 10
