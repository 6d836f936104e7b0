"""What does the ops view answer, at each of its replicas, to each role? Every question is a GET."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Generic, Literal, TypeVar

import msgspec

from flipgate.config.environment import OpsView as OpsViewBlock
from flipgate.core.clock import Clock
from flipgate.core.errors import NotConfigured, visible
from flipgate.core.facts.replicas import Served
from flipgate.core.observation import Observation
from flipgate.safety.http import Door, Replica
from flipgate.safety.reply import JSON, Reply

SOURCE = "ops_view"
API = "/api/v2.5"
FLAGS = f"{API}/feature-flags"
ENVIRONMENT_HEADER = "x-ops-view-environment"
_PAGE = "100"
_MOST_PAGES = 1000

T = TypeVar("T")
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _FlagsMeta(msgspec.Struct):
    pod: str
    started_at: Moment


class _FlagsAnswer(msgspec.Struct):
    data: dict[str, bool]
    meta: _FlagsMeta


class _Meta(msgspec.Struct):
    source: Literal["db", "local"]
    next_cursor: str | None = None


class QueueCounts(msgspec.Struct):
    total: int
    patches: int
    rfis: int


class _QueueItem(msgspec.Struct):
    id: str


class _Queue(msgspec.Struct):
    items: list[_QueueItem]
    counts: QueueCounts


class Patch(msgspec.Struct):
    """One patch, as a list shows it."""

    id: str
    status: str
    author_id: str
    version: int


class Rfi(msgspec.Struct):
    """One request for information, as a list shows it."""

    id: str
    custody_status: str
    author_id: str
    version: int


class _QueueAnswer(msgspec.Struct):
    data: _Queue
    meta: _Meta


class _Answer(msgspec.Struct, Generic[T]):
    data: list[T]
    meta: _Meta


@dataclass(frozen=True)
class Shown:
    """One item of a list. kind: "patch" or "rfi"."""

    kind: str
    id: str
    state: str
    author: str
    version: int


@dataclass(frozen=True)
class Listed:
    """All pages of one list; status of the first one that the server failed at, else 200."""

    status: int
    items: tuple[Shown, ...]
    sources: tuple[str, ...]
    asked: tuple[str, ...]


@dataclass(frozen=True)
class Queue:
    """The queue's answer; counts None where the server failed with this status."""

    status: int
    source: str
    counts: QueueCounts | None
    items: int
    asked: str


class OpsView:
    """One ops view. Errors of all questions: NotConfigured, Unreachable, Malformed, NoData."""

    def __init__(self, block: OpsViewBlock, clock: Clock) -> None:
        self.block, self._clock = block, clock
        self._workspace = f"{API}/workspaces/{block.workspace}"
        self._doors: dict[tuple[str, str], Door] = {}

    def flags(self) -> Observation[tuple[Served, ...]]:
        """Which flags does each replica serve, and since when does its process run? In the order of the file."""
        replies = [(address, self._door(address).get(FLAGS)) for address in self.block.replicas]
        served = tuple(self._served(address, reply) for address, reply in replies)
        asked = tuple(f"{reply.asked} at {address}" for address, reply in replies)
        return Observation(served, "flags", SOURCE, asked, self._clock.now())

    def environment(self) -> Observation[str]:
        """Which environment does it call itself? "" where it names none."""
        reply = self._door(self.block.replicas[0]).ask(FLAGS)
        named = visible(reply.headers.get(ENVIRONMENT_HEADER, ""))
        return Observation(named, "names", SOURCE, (reply.asked,), self._clock.now())

    def queue(self, address: str, role: str) -> Queue:
        """What does the queue answer to this role at this replica?"""
        reply = self._door(address, role).ask(f"{self._workspace}/operations/queue", kind=JSON)
        if reply.status >= 500:
            return Queue(reply.status, "", None, 0, reply.asked)
        answer = reply.wanted(JSON).json(_QueueAnswer)
        return Queue(200, answer.meta.source, answer.data.counts, len(answer.data.items), reply.asked)

    def listed(self, address: str, role: str, kind: Literal["patches", "rfis"]) -> Listed:
        """What does a list show to this role at this replica, page by page to its end?"""
        items: list[Shown] = []
        sources: dict[str, None] = {}
        asked: list[str] = []
        cursor = ""
        for _ in range(_MOST_PAGES):
            params = {"limit": _PAGE} | ({"cursor": cursor} if cursor else {})
            reply = self._door(address, role).ask(f"{self._workspace}/{kind}", params, JSON)
            asked.append(reply.asked)
            if reply.status >= 500:
                return Listed(reply.status, tuple(items), tuple(sources), tuple(asked))
            meta, shown = _page(reply, kind)
            sources[meta.source] = None
            items += shown
            cursor, before = meta.next_cursor or "", cursor
            if not cursor:
                return Listed(200, tuple(items), tuple(sources), tuple(asked))
            if cursor == before:
                raise reply.malformed("its next page is this one")
        raise reply.malformed(f"a list of more than {_MOST_PAGES} pages")

    def user(self, role: str) -> str:
        """Who stands for this role? Their id is their token. Errors: NotConfigured."""
        if role not in self.block.users:
            raise NotConfigured(SOURCE, f"`ops_view.users` names nobody for the role {role!r}")
        return self.block.users[role].reveal()

    def _door(self, address: str, role: str = "") -> Door:
        if (address, role) not in self._doors:
            workspace = f"{API}/workspaces/{self.block.workspace}"
            paths = rf"{FLAGS}|{workspace}/(operations/queue|patches|rfis)"
            token = self.block.users[role] if role and self.user(role) else None
            self._doors[address, role] = Door(SOURCE, Replica(self.block.url, address), paths, token)
        return self._doors[address, role]

    def _served(self, address: str, reply: Reply) -> Served:
        answer = reply.json(_FlagsAnswer)
        values = {visible(flag): str(value).lower() for flag, value in answer.data.items()}
        started_at = self._clock.to_world(answer.meta.started_at.astimezone(UTC))
        return Served(address, visible(answer.meta.pod), started_at, values)


def _page(reply: Reply, kind: str) -> tuple[_Meta, list[Shown]]:
    if kind == "patches":
        patches = reply.wanted(JSON).json(_Answer[Patch])
        return patches.meta, [Shown("patch", one.id, one.status, one.author_id, one.version) for one in patches.data]
    rfis = reply.wanted(JSON).json(_Answer[Rfi])
    return rfis.meta, list(_rfis(rfis.data))


def _rfis(found: list[Rfi]) -> Iterator[Shown]:
    for one in found:
        yield Shown("rfi", one.id, one.custody_status, one.author_id, one.version)
