"""What ops_view tells of the spans that it lived through, and how it misbehaves when it is told to."""

from __future__ import annotations

import pytest

from flipgate.rehearsal.services.ops_seed import USERS
from tests.rehearsal_services.ops import ADMIN, ANALYST, API, VERIFIER, Replica, code, events
from tests.rehearsal_services.test_living import named
from tests.rehearsal_services.world import World

pytestmark = pytest.mark.usefixtures("_mended")

DAY_S = 86400
REQUESTS, DURATIONS = "http_requests_total", "http_request_duration_seconds"
QUEUE = f"{API}/workspaces/:ws/operations/queue"


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


def test_a_transition_can_skip_a_version(storing: Replica) -> None:
    storing.running.behave(bump=2)
    made = storing.new_patch()
    moved = storing.data("PATCH", f"/patches/{made['id']}", ANALYST, status="Submitted", version=1)
    assert (made["version"], moved["version"]) == (1, 3)
