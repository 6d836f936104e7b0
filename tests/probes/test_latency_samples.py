"""Latency samples: an open loop against servers that are slow, stall, or fail."""

from __future__ import annotations

import asyncio
import statistics
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from flipgate.config.environment import Environment, OrgV23, Service
from flipgate.core.clock import Clock
from flipgate.core.errors import NotConfigured, Unreachable
from flipgate.probes.latency_samples import LatencySampler, Planned, Timed, by_address, schedule
from flipgate.probes.readings import latency_samples
from flipgate.probes.systems import Systems
from flipgate.probes.verdicts import CHECK, Question
from flipgate.rehearsal.services.contract import METHODS

QUESTIONS = [Question("a", "a-m-1", "read", "team/1")]
Answer = Callable[[int, Any], Awaitable[None]]


@contextmanager
def governance(answer: Answer) -> Iterator[str]:
    """A server of its own loop; `answer` is told the number of the call, and ends when the call does."""
    loop, ended, ports = asyncio.new_event_loop(), asyncio.Event(), list[int]()
    ready = threading.Event()

    async def serve() -> None:
        method, asked = METHODS[CHECK], iter(range(1_000_000))

        async def check(_: Any, context: Any) -> Any:
            await answer(next(asked), context)
            return method.response(verdict=1)

        handler = grpc.unary_unary_rpc_method_handler(
            check, method.request.FromString, lambda message: message.SerializeToString()
        )
        server = grpc.aio.server()
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(method.service, {method.name: handler}),))
        health_pb2_grpc.add_HealthServicer_to_server(health.aio.HealthServicer(), server)
        reflection.enable_server_reflection((method.service,), server)
        ports.append(server.add_insecure_port("127.0.0.1:0"))
        await server.start()
        ready.set()
        await ended.wait()
        await server.stop(None)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10)
        yield f"127.0.0.1:{ports[0]}"
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
        loop.close()


async def later(seconds: float) -> None:
    due = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, due.set)
    await due.wait()


def sampler(*addresses: str) -> LatencySampler:
    return LatencySampler(Service(addresses=addresses, deployment="engine"), rate_per_s=200.0)


def test_addresses_take_turns_and_a_null_call_follows_each_check() -> None:
    plan = schedule(("a", "b"), samples=2, rate_per_s=10.0)
    assert [(one.address, one.null) for one in plan] == [("a", False), ("a", True), ("b", False), ("b", True)] * 2
    assert [one.at_s for one in plan] == pytest.approx([0.1 * index for index in range(8)])


@pytest.mark.row("C9")
def test_a_stall_shows_in_every_call_that_it_kept_waiting() -> None:
    """A call every 10 ms; from 0.2 s to 0.7 s nothing is answered. Who waits for each answer sees one slow call."""
    plan = [Planned(index / 100, "a", null=False) for index in range(100)]
    calls = [Timed(one, 0.7 if 0.2 <= one.at_s < 0.7 else one.at_s + 0.001) for one in plan]
    (found,) = by_address(("a",), calls)
    assert sum(latency > 9 for latency in found.latencies_ms) == 50
    assert max(found.latencies_ms) == pytest.approx(500)
    assert statistics.quantiles(found.latencies_ms, n=20)[-1] > 400


def test_a_call_that_failed_is_counted_and_has_no_latency() -> None:
    (found,) = by_address(
        ("a",), [Timed(Planned(0.0, "a", null=False), None), Timed(Planned(1.0, "a", null=True), 1.5)]
    )
    assert (found.sent, found.failed, found.latencies_ms, found.null_ms) == (1, 1, (), (500.0,))


def test_a_slow_address_is_told_from_a_quick_one_and_from_the_client() -> None:
    with governance(lambda _n, _c: later(0.03)) as slow, governance(lambda _n, _c: later(0)) as quick:
        first, second = sampler(slow, quick).samples(QUESTIONS, 60)
    assert (first.address, first.sent, first.failed, len(first.null_ms)) == (slow, 60, 0, 60)
    assert min(first.latencies_ms) >= 29
    assert statistics.median(first.null_ms) < 29
    assert statistics.median(second.latencies_ms) < 29


def test_calls_start_on_time_while_earlier_ones_are_kept_waiting() -> None:
    """One stall of 0.5 s, told to all: calls that start 10 ms apart wait 10 ms less each."""
    stalled: list[asyncio.Task[None]] = []

    async def stall(number: int, _: Any) -> None:
        if number == 0:  # the unmeasured call
            return
        if not stalled:
            stalled.append(asyncio.create_task(later(0.5)))
        await asyncio.shield(stalled[0])

    with governance(stall) as address:
        (found,) = sampler(address).samples(QUESTIONS, 60)
    assert found.failed == 0
    assert found.latencies_ms[0] >= 490
    assert sum(latency > 100 for latency in found.latencies_ms) >= 35


def test_calls_that_fail_are_counted() -> None:
    async def fail(number: int, context: Any) -> None:
        if number % 2:
            await context.abort(grpc.StatusCode.INTERNAL, "no")

    with governance(fail) as address:
        (found,) = sampler(address).samples(QUESTIONS, 60)
    assert (found.sent, found.failed, len(found.latencies_ms)) == (60, 30, 30)


def test_an_address_that_never_answers_is_unreachable() -> None:
    async def fail(_: int, context: Any) -> None:
        await context.abort(grpc.StatusCode.UNAVAILABLE, "away")

    with governance(fail) as address, pytest.raises(Unreachable, match="away"):
        sampler(address).samples(QUESTIONS, 60)


def systems(samples: int | None) -> Systems:
    org = OrgV23(
        test_org="a", detect_interval_s=60, governance_histogram="h", deployments=("d",), latency_samples=samples
    )
    services = {"context-engine": Service(addresses=("127.0.0.1:1",), deployment="engine")}
    return Systems(Environment(name="dev", tier="dev", runbooks=("org_v23",), services=services, org_v23=org), Clock())


def test_without_a_wish_nothing_is_sampled_and_the_missing_histogram_is_told() -> None:
    seen = latency_samples.samples(systems(None)).value
    assert (seen.wanted, seen.addresses, seen.histogram, seen.histogram_series) == (0, (), "h", 0)


def test_samples_need_to_be_told_what_to_ask() -> None:
    with pytest.raises(NotConfigured, match="check_actions"):
        latency_samples.samples(systems(200))
