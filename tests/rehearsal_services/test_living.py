"""Claims about time: what a service tells of a span, and what it is afterwards."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import pairwise
from random import Random
from typing import Any

import httpx
import pytest

from flipgate.rehearsal.services.seed import TENANTS, check_question
from tests.rehearsal_services.calls import CHECK, LIST_MEMBERS, client
from tests.rehearsal_services.world import Running, World

DAY_S = 86400


def named(series: list[dict[str, Any]], name: str, **labels: str) -> list[dict[str, Any]]:
    return [one for one in series if one["name"] == name and labels.items() <= one["labels"].items()]


@pytest.fixture(params=["tenant", "engine", "gateway", "reconciler"])
def service(request: pytest.FixtureRequest) -> Running:
    running: Running = request.getfixturevalue(request.param)
    return running


def test_a_day_and_more_is_lived_through_scrape_by_scrape(service: Running) -> None:
    series = service.live(26 * 3600, first=True)
    assert {len(one["values"]) for one in series} == {6240}


def test_counters_rise_and_go_on_where_they_stood(service: Running) -> None:
    first = service.live(600)
    for one in first:
        assert service.value(one["name"], **one["labels"]) == one["values"][-1] or one["name"].endswith("_seconds")
    for one in service.live(600):
        before = [other for other in first if (other["name"], other["labels"]) == (one["name"], one["labels"])]
        if one["type"] == "counter" and before:
            values = [before[0]["values"][-1], *one["values"]]
            assert all(later >= earlier for earlier, later in pairwise(values))


def test_the_process_and_its_log_grow_older(service: Running) -> None:
    started, records = service.value("process_start_time_seconds"), service.records()
    service.live(DAY_S)
    assert started is not None
    assert service.value("process_start_time_seconds") == pytest.approx(started - DAY_S)
    if records:
        moved = datetime.fromisoformat(records[0]["ts"]) - datetime.fromisoformat(service.records()[0]["ts"])
        assert moved.total_seconds() == DAY_S
    stamps = [record["ts"] for record in service.records()]
    assert stamps == sorted(stamps)


def test_an_unknown_lever_is_refused_in_words(service: Running) -> None:
    answer = service.http.post("/-/behave", json={"eror_ratio": 0.5})
    assert answer.status_code == 400
    assert "eror_ratio" in answer.text


def test_a_lever_of_another_type_is_refused(gateway: Running) -> None:
    assert gateway.http.post("/-/behave", json={"error_ratio": "much"}).status_code == 400
    assert gateway.http.get("/-/behave").json()["error_ratio"] == 0


def test_time_runs_forwards_only(service: Running) -> None:
    assert service.http.post("/-/live", json={"seconds": -5}).status_code == 400


def test_buckets_stay_cumulative_and_the_p95_is_near_3_ms(engine: Running) -> None:
    series = named(engine.live(3600), "governance_check_duration_seconds_bucket")
    columns = [one["values"] for one in series]
    for lower, higher in pairwise(columns):
        assert all(low <= high for low, high in zip(lower, higher, strict=True))
    grown = {one["labels"]["le"]: one["values"][-1] - one["values"][0] for one in series}
    assert 0.93 < grown["0.003"] / grown["+Inf"] < 0.97
    assert grown["0.005"] / grown["+Inf"] > 0.99


def test_a_healthy_gateway_serves_hundreds_a_minute_and_no_5xx(gateway: Running) -> None:
    series = named(gateway.live(600), "gateway_requests_total")
    total = [
        sum(step) for step in zip(*(one["values"] for one in series if one["labels"]["code"] == "200"), strict=True)
    ]
    minutes = [total[index + 4] - total[index] for index in range(0, len(total) - 4, 4)]
    assert all(300 < minute < 800 for minute in minutes)
    assert all(one["values"][0] == one["values"][-1] for one in series if one["labels"]["code"].startswith("5"))


def errors_by_step(series: list[dict[str, Any]]) -> list[float]:
    failed = [one["values"] for one in named(series, "gateway_requests_total", code="503")]
    totals = [sum(step) for step in zip(*failed, strict=True)]
    return [later - earlier for earlier, later in pairwise(totals)]


def test_a_bad_minute_is_one_minute(gateway: Running) -> None:
    gateway.live(60)
    gateway.behave(bad_minute=0.05)
    errors = errors_by_step(gateway.live(1200))
    assert sum(errors[:4]) > 10
    assert sum(errors[4:]) == 0
    assert not any(errors_by_step(gateway.live(600)))


def test_an_error_ratio_holds_throughout(gateway: Running) -> None:
    gateway.behave(error_ratio=0.01)
    series = named(gateway.live(6000), "gateway_requests_total")
    grown = {
        code: sum(o["values"][-1] - o["values"][0] for o in series if o["labels"]["code"] == code)
        for code in ("200", "503")
    }
    assert 0.008 < grown["503"] / (grown["200"] + grown["503"]) < 0.012


def test_no_traffic_leaves_every_counter_where_it_was(gateway: Running) -> None:
    gateway.behave(requests_per_minute=0)
    assert all(one["values"][0] == one["values"][-1] for one in named(gateway.live(600), "gateway_requests_total"))


def test_the_lived_log_says_which_path_was_taken(tenant: Running) -> None:
    before = len(tenant.records())
    tenant.live(600)
    lived = tenant.records()[before:]
    assert 50 < len(lived) <= 200
    assert {record["msg"] for record in lived} == {"ListTeams legacy path"}


def test_calls_made_while_a_day_is_lived_are_not_lost(gateway: Running) -> None:
    gateway.behave(requests_per_minute=0)
    counted = ("gateway_requests_total", {"code": "401", "service": "MemberService"})
    before = gateway.value(counted[0], **counted[1]) or 0
    with httpx.Client(base_url=gateway.http.base_url, trust_env=False) as other, ThreadPoolExecutor(1) as pool:
        calls = pool.submit(lambda: [other.post(f"/{LIST_MEMBERS}", json={}) for _ in range(40)])
        while not calls.done():
            gateway.live(26 * 3600)
    assert gateway.value(counted[0], **counted[1]) == before + 40


def test_conflicts_are_inserted_where_they_are_counted(world: World, engine: Running) -> None:
    known = {row[0] for row in world.sql("select id from policy_conflicts")}
    (counter,) = named(engine.live(DAY_S), "policy_conflicts_total")
    detected = [row[1] for row in world.sql("select id, detected_at from policy_conflicts") if row[0] not in known]
    assert 40 < len(detected) < 110
    assert counter["values"][-1] - counter["values"][0] == pytest.approx(len(detected), abs=1)
    assert DAY_S / 2 < (max(detected) - min(detected)).total_seconds() <= DAY_S


def test_verdicts_lived_are_shared_as_verdicts_decided(world: World, engine: Running) -> None:
    world.flag("cascade_4layer", "true")
    series = named(engine.live(3600), "governance_cascade_evaluations_total")
    grown = {one["labels"]["verdict"]: one["values"][-1] - one["values"][0] for one in series}
    random, decided = Random(3), Counter[int]()  # noqa: S311  the same questions each time
    with client(engine.ready["grpc"]) as calls:
        for _ in range(1500):
            tenant = random.choice(TENANTS)
            asked = check_question(random, tenant)
            answer = calls.call(CHECK, tenant.id, action=asked["action"], resource=asked["resource"])
            decided[answer.verdict] += 1
    assert grown["DENY"] / sum(grown.values()) == pytest.approx(decided[2] / decided.total(), abs=0.04)


@pytest.mark.parametrize("word", ["end of input", "SIGTERM"])
def test_a_service_ends_cleanly(world: World, word: str) -> None:
    running = world.start("reconciler", f"short-lived-{word.replace(' ', '-')}".lower())
    if word == "SIGTERM":
        running.process.terminate()
        assert running.process.wait(timeout=5) == 0
    else:
        assert running.end() == 0
