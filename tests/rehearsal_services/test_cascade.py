"""Claims about the two paths of a check, and about the breaker of §11."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from flipgate.rehearsal.services.breaker import Breaker
from flipgate.rehearsal.services.seed import ACTIONS, RESOURCES, TENANTS
from tests.rehearsal_services.calls import CHECK, Client, client
from tests.rehearsal_services.test_living import named
from tests.rehearsal_services.world import Running, World, until

TRIPS = "governance_cascade_auto_rollback_total"
LATENCY = "governance_check_latency_seconds"


@pytest.fixture
def cascade(world: World) -> Iterator[Running]:
    """A process of its own for each test: a breaker trips once in a life."""
    world.flag("cascade_4layer", "true")
    running = world.start("context_engine", "context-engine", replicas="3")
    yield running
    running.end()


def verdicts(calls: Client, tenant: str) -> dict[tuple[str, str], int]:
    return {
        (action, kind): calls.call(CHECK, tenant, action=action, resource=f"{kind}/1").verdict
        for action in ACTIONS
        for kind in RESOURCES
    }


def grown(series: list[dict[str, Any]], name: str, **labels: str) -> float:
    return float(sum(one["values"][-1] - one["values"][0] for one in named(series, name, **labels)))


def test_both_paths_decide_alike_for_every_tenant(world: World, cascade: Running) -> None:
    with client(cascade.ready["grpc"]) as calls:
        four = {tenant.id: verdicts(calls, tenant.id) for tenant in TENANTS}
        assert calls.call(CHECK, TENANTS[0].id, action="read", resource="team/1").layers == 4
        world.flag("cascade_4layer", "false")
        assert until(lambda: calls.call(CHECK, TENANTS[0].id, action="read", resource="team/1").layers == 3)
        cascade.live(60)
        assert {tenant.id: verdicts(calls, tenant.id) for tenant in TENANTS} == four


def test_the_flag_moves_the_traffic_from_three_layers_to_four(world: World, engine: Running) -> None:
    before = engine.live(300)
    assert grown(before, f"{LATENCY}_count", layers="3") > 0
    assert grown(before, f"{LATENCY}_count", layers="4") == 0
    world.flag("cascade_4layer", "true")
    after = engine.live(300)
    assert grown(after, f"{LATENCY}_count", layers="3") == 0
    assert grown(after, f"{LATENCY}_count", layers="4") > 0
    assert grown(after, "governance_cascade_duration_seconds_count") > 0


def test_a_healthy_cascade_does_not_trip_in_a_day(cascade: Running) -> None:
    assert grown(cascade.live(86400), TRIPS) == 0


def test_five_bad_minutes_trip_once_and_leave_the_cascade(cascade: Running) -> None:
    cascade.behave(slow_p95_ms=7.5, slow_minutes=30)
    series = cascade.live(1800)
    assert grown(series, TRIPS) == 1
    (four,) = named(series, f"{LATENCY}_count", layers="4")
    minutes = sum(later > earlier for earlier, later in pairwise(four["values"])) / 4
    assert 4 < minutes <= 6.25  # the first of the five minutes may have begun before the cascade was slow
    told = [record for record in cascade.records() if record["key"] == "governance.cascade.breaker.tripped"]
    assert [(record["level"], record["threshold_ms"], record["consecutive_minutes"]) for record in told] == [
        ("WARN", 7.0, 5)
    ]
    assert "restart" in told[0]["msg"]
    with client(cascade.ready["grpc"]) as calls:
        assert calls.call(CHECK, TENANTS[0].id, action="read", resource="team/1").layers == 3


@pytest.mark.parametrize("levers", [{"slow_minutes": 3}, {"slow_minutes": 30, "breaker_off": True}])
def test_three_bad_minutes_or_a_breaker_that_is_off_trip_nothing(cascade: Running, levers: dict[str, Any]) -> None:
    cascade.behave(slow_p95_ms=7.5, **levers)
    assert grown(cascade.live(1800), TRIPS) == 0


def test_minutes_of_few_checks_neither_count_nor_break_the_chain(cascade: Running) -> None:
    cascade.behave(slow_p95_ms=7.5, slow_minutes=600)
    assert grown(cascade.live(180), TRIPS) == 0
    cascade.behave(requests_per_minute=60)
    assert grown(cascade.live(1800), TRIPS) == 0
    cascade.behave(requests_per_minute=540)
    assert grown(cascade.live(240), TRIPS) == 1


def test_a_live_check_before_a_lived_span_does_not_make_one_minute_of_it() -> None:
    breaker = Breaker()
    breaker.count(at=10_000.0, calls=1, slow=0)
    assert any(breaker.count(at=9_400.0 + 15 * step, calls=20, slow=2) for step in range(1, 40))


def test_a_p95_of_6_ms_trips_nothing(cascade: Running) -> None:
    cascade.behave(slow_p95_ms=6, slow_minutes=600)
    series = cascade.live(3600)
    assert grown(series, TRIPS) == 0
    checks = grown(series, f"{LATENCY}_count", layers="4")
    assert grown(series, f"{LATENCY}_bucket", layers="4", le="0.007") > 0.95 * checks
    assert grown(series, f"{LATENCY}_bucket", layers="4", le="0.005") < 0.95 * checks


def test_coarse_buckets_have_no_bound_between_5_and_10_ms(cascade: Running) -> None:
    cascade.behave(coarse_buckets=True)
    series = named(cascade.live(300), "governance_check_duration_seconds_bucket")
    assert [one["labels"]["le"] for one in series] == ["0.001", "0.005", "0.01", "0.025", "0.05", "0.1", "+Inf"]
    assert all(one["values"] == sorted(one["values"]) for one in series)


def test_what_the_cascade_denies_wrongly_three_layers_allow(world: World, cascade: Running) -> None:
    tenant = TENANTS[0].id
    with client(cascade.ready["grpc"]) as calls:
        right = verdicts(calls, tenant)
        cascade.behave(denies="read")
        wrong = verdicts(calls, tenant)
        assert {asked for asked in right if right[asked] != wrong[asked]} <= {("read", kind) for kind in RESOURCES}
        assert wrong != right
        world.flag("cascade_4layer", "false")
        cascade.live(60)
        assert verdicts(calls, tenant) == right
