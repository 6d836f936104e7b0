"""How long does each address of governance take to answer, seen from here?

Calls start at times that are set beforehand, whether earlier ones were answered or not, and a latency counts from the
time that was set: a stall then shows in every call that it kept waiting. Calls that do nothing are sent in between.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc
from grpc_health.v1 import health_pb2

from flipgate.core.facts.latency_samples import AddressSamples
from flipgate.probes.grpc_call import GrpcCalls
from flipgate.probes.grpc_health import CHECK as HEALTH
from flipgate.probes.verdicts import CHECK, Question
from flipgate.safety.grpc import aio_channel, replica, unreachable
from flipgate.safety.loop import finished
from flipgate.safety.procedures import TENANT

if TYPE_CHECKING:
    from flipgate.config.environment import Service
    from flipgate.safety.addresses import Address

RATE_PER_S = 50.0
_LEAD_S = 0.05

Ask = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class Planned:
    """One call, so long after the first one; `null` for one that does nothing."""

    at_s: float
    address: str
    null: bool


@dataclass(frozen=True)
class Timed:
    """A planned call, and how long after the first one's time it was answered: None for a failure."""

    planned: Planned
    done_s: float | None

    @property
    def latency_ms(self) -> float | None:
        return None if self.done_s is None else (self.done_s - self.planned.at_s) * 1000


def schedule(addresses: Sequence[str], samples: int, rate_per_s: float) -> tuple[Planned, ...]:
    """When is which call to start? Addresses take turns, and after each check comes a call that does nothing."""
    turns = itertools.product(range(samples), addresses, (False, True))
    return tuple(Planned(index / rate_per_s, address, null) for index, (_, address, null) in enumerate(turns))


def by_address(addresses: Sequence[str], calls: Sequence[Timed]) -> tuple[AddressSamples, ...]:
    """What do the calls say of each address?"""
    return tuple(_of(address, [call for call in calls if call.planned.address == address]) for address in addresses)


class LatencySampler:
    """Asks the governance service at a steady rate, all addresses together."""

    def __init__(self, block: Service, rate_per_s: float = RATE_PER_S) -> None:
        self.rate_per_s = rate_per_s
        self._calls = GrpcCalls(block)

    def samples(self, questions: Sequence[Question], count: int) -> tuple[AddressSamples, ...]:
        """How long does each address take for so many of these questions, taken in turn?

        Errors:  Unreachable for an address that does not answer a first, unmeasured call; Malformed, NoData, Ambiguous.
        Cost:    two calls for each sample at each address, each with a deadline.
        """
        method = self._calls.methods([CHECK])[CHECK]
        asked = [
            (
                method.request(member_id=one.member, action=one.action, resource=one.resource).SerializeToString(),
                ((TENANT, one.tenant),),
            )
            for one in questions
        ]
        return finished(self._sampled(asked, count))

    async def _sampled(
        self, asked: Sequence[tuple[bytes, tuple[tuple[str, str], ...]]], count: int
    ) -> tuple[AddressSamples, ...]:
        nothing = health_pb2.HealthCheckRequest().SerializeToString()
        asks: dict[tuple[str, bool], Ask] = {}
        async with AsyncExitStack() as stack:
            for address in self._calls.addresses:
                channel = aio_channel(self._calls.block, address)
                stack.push_async_callback(channel.close)
                check, null = channel.unary_unary(f"/{CHECK}"), channel.unary_unary(f"/{HEALTH}")
                asks[str(address), False] = _in_turn(check, asked)
                asks[str(address), True] = _in_turn(null, [(nothing, ())])
                await _warmed(address, replica(self._calls.block, address), asks)
            addresses = [str(address) for address in self._calls.addresses]
            return by_address(addresses, await _timed(schedule(addresses, count, self.rate_per_s), asks))


def _in_turn(call: Callable[..., Awaitable[object]], asked: Sequence[tuple[bytes, tuple[tuple[str, str], ...]]]) -> Ask:
    turns = itertools.cycle(asked)

    async def ask() -> object:
        request, metadata = next(turns)
        return await call(request, metadata=metadata)

    return ask


async def _warmed(address: Address, source: str, asks: dict[tuple[str, bool], Ask]) -> None:
    for null, path in ((True, HEALTH), (False, CHECK)):
        try:
            await asks[str(address), null]()
        except grpc.aio.AioRpcError as error:
            raise unreachable(source, path, error) from error


async def _timed(plan: Sequence[Planned], asks: dict[tuple[str, bool], Ask]) -> list[Timed]:
    loop = asyncio.get_running_loop()
    start_s = loop.time() + _LEAD_S

    async def one(planned: Planned) -> Timed:
        due = asyncio.Event()
        loop.call_at(start_s + planned.at_s, due.set)
        await due.wait()
        try:
            await asks[planned.address, planned.null]()
        except grpc.aio.AioRpcError:
            return Timed(planned, None)
        return Timed(planned, loop.time() - start_s)

    return await asyncio.gather(*map(one, plan))


def _of(address: str, calls: Sequence[Timed]) -> AddressSamples:
    checks = [call.latency_ms for call in calls if not call.planned.null]
    nulls = [call.latency_ms for call in calls if call.planned.null]
    answered = tuple(latency for latency in checks if latency is not None)
    null = tuple(latency for latency in nulls if latency is not None)
    return AddressSamples(address, len(checks), len(checks) - len(answered), answered, null)
