"""What do the three org listings hold, for every tenant, at every address?

All pages are walked. Answers come in the order of the tenants, a few tenants at a time, so that memory does not grow
with their number. Two answers whose bytes have one digest are equal without a closer look.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import grpc.aio
from google.protobuf.message import Message

from flipgate.core.errors import Malformed, visible
from flipgate.probes.contract import LIST_TEAMS, PATHS
from flipgate.probes.grpc_call import GrpcCalls, Method, decoded, request
from flipgate.probes.records import Record, canonical, records
from flipgate.safety.grpc import aio_channel, replica, unreachable
from flipgate.safety.procedures import TENANT

if TYPE_CHECKING:
    from flipgate.config.environment import Service

T = TypeVar("T")
_IN_FLIGHT = 32
_PAGE_SIZE = 100
_MOST_PAGES = 1000
_LARGEST = 16 * 1024 * 1024


@dataclass(frozen=True)
class TenantListing:
    """What one address lists for one tenant. raw: digest of the bytes as they came."""

    tenant: str
    listing: str
    address: str
    pages: tuple[Message, ...]
    raw: str

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """Errors: Malformed where the messages are of another shape than a listing's."""
        try:
            return records(self.pages)
        except (AttributeError, TypeError, ValueError) as error:
            told = f"lists records in no usable way: {visible(str(error))}"
            raise Malformed(f"grpc {self.address}", told, self.listing) from error

    @cached_property
    def canonical(self) -> bytes:
        return canonical(self.records)


class Listings:
    """Asks the tenant service for its listings."""

    def __init__(self, block: Service) -> None:
        self._calls = GrpcCalls(block)

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(str(address) for address in self._calls.addresses)

    def call_teams(self, tenant: str, times: int) -> tuple[str, ...]:
        """Which addresses answered ListTeams, so many times each? Asked for the traces that calls leave.

        Errors: Unreachable, Malformed, NoData, Ambiguous.
        """
        method = self._calls.methods([PATHS[LIST_TEAMS]])[PATHS[LIST_TEAMS]]
        for address in self._calls.addresses:
            self._calls.call(address, method, tenant, {"page_size": _PAGE_SIZE}, times)
        return self.addresses

    async def stream(self, tenants: Iterable[str]) -> AsyncIterator[tuple[TenantListing, ...]]:
        """What does each address list for each tenant?

        Shape:   tenant after tenant: each listing of each address, listings together.
        Errors:  Unreachable; Malformed (a page token that comes again, bytes that are no message); NoData; Ambiguous.
        Cost:    one call a page, at most 32 at a time; memory for 32 tenants.
        """
        methods = self._calls.methods(PATHS.values())
        async with AsyncExitStack() as stack:
            opened = [(address, aio_channel(self._calls.block, address)) for address in self._calls.addresses]
            for _, channel in opened:
                stack.push_async_callback(channel.close)
            walks = [
                _Walk(
                    listing,
                    str(address),
                    replica(self._calls.block, address),
                    methods[path],
                    channel.unary_unary(f"/{path}"),
                )
                for listing, path in PATHS.items()
                for address, channel in opened
            ]

            async def everything(tenant: str) -> tuple[TenantListing, ...]:
                return tuple([await walk.listing_of(tenant) for walk in walks])

            async for answers in _in_order(everything, tenants):
                yield answers


@dataclass(frozen=True)
class _Walk:
    """All pages of one listing at one address."""

    listing: str
    address: str
    replica: str
    method: Method
    call: Callable[..., Awaitable[bytes]]

    @cached_property
    def _paged(self) -> bool:
        return "page_token" in self.method.request.DESCRIPTOR.fields_by_name

    @cached_property
    def _first(self) -> bytes:
        return self._request("")

    async def listing_of(self, tenant: str) -> TenantListing:
        metadata, digest, pages = ((TENANT, tenant),), hashlib.sha256(), []
        asking, tokens, size = self._first, {""}, 0
        while True:
            raw = await self._answer(asking, metadata)
            if (size := size + len(raw)) > _LARGEST:
                raise Malformed(self.replica, f"lists more than {_LARGEST} bytes for one tenant", self.listing)
            page = decoded(self.method, raw, self.replica)
            pages.append(page)
            digest.update(b"%d " % len(raw) + raw)
            if not (token := self._next(page, tokens)):
                break
            asking = self._request(token)
        return TenantListing(tenant, self.listing, self.address, tuple(pages), digest.hexdigest())

    async def _answer(self, request: bytes, metadata: tuple[tuple[str, str], ...]) -> bytes:
        try:
            return await self.call(request, metadata=metadata)
        except grpc.aio.AioRpcError as error:
            raise unreachable(self.replica, self.method.path, error) from error

    def _next(self, page: Any, tokens: set[str]) -> str:
        token = getattr(page, "next_page_token", "") if self._paged else ""
        if not isinstance(token, str):
            raise Malformed(self.replica, "its page token is no text", self.listing)
        if token and (token in tokens or len(tokens) > _MOST_PAGES):
            raise Malformed(self.replica, f"its pages never end: {visible(token)} after {len(tokens)} pages")
        tokens.add(token)
        return token

    def _request(self, token: str) -> bytes:
        fields = {"page_size": _PAGE_SIZE, "page_token": token} if self._paged else {}
        return request(self.method, fields, self.replica)


async def _in_order(work: Callable[[str], Coroutine[Any, Any, T]], tenants: Iterable[str]) -> AsyncIterator[T]:
    """Results in the order of the tenants; so many pieces of work run at a time, and no more wait to be taken."""
    waiting: deque[asyncio.Task[T]] = deque()
    try:
        for tenant in tenants:
            if len(waiting) == _IN_FLIGHT:
                yield await waiting.popleft()
            waiting.append(asyncio.create_task(work(tenant)))
        while waiting:
            yield await waiting.popleft()
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
