"""The users of ops_view: steady reads of all three roles, and, once writes are stored, their everyday transitions.

Peers: `ops-view`, its HTTP addresses, called in turn. Of a span that is lived through it leaves the rows: the moves of
the rfis that the users hand to and fro, and the events of each, and of the patches that came and went.
"""

import asyncio
import contextlib
import itertools
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, LiteralString

import httpx
import psycopg

from .database import Database
from .metrics import Life, Span
from .ops_load import READS, REQUESTS_PER_MINUTE, WRITES_PER_MINUTE
from .ops_seed import ADMINS, ANALYSTS, VERIFIERS, WORKSPACE, identity
from .process import Levers, Lived, Service, main
from .settings import Settings

_AUTHORS, _VERIFIERS = ANALYSTS[1:], VERIFIERS[1:]
_READERS = (*ADMINS[1:], *_VERIFIERS, *_AUTHORS)
_WRITE_EVERY_S = 5.0
_MOVES = {"awaiting_verifier": "returned", "returned": "awaiting_verifier"}
_PATCH_EVENTS = (("created", None, "Draft"), ("transition", "Draft", "Submitted"),
    ("transition", "Submitted", "Approved"), ("deleted", "Approved", None))  # fmt: skip

_RFIS_SQL: LiteralString = """
    select id, custody_status, version, author_id from rfis
    where workspace_id = %s and author_id = any(%s) and custody_status in ('awaiting_verifier', 'returned')
    order by id"""
_MOVED_SQL: LiteralString = """
    update rfis set custody_status = m.status, version = m.version, updated_at = m.at
    from unnest(%s::text[], %s::text[], %s::int[], %s::timestamptz[]) as m(id, status, version, at)
    where rfis.id = m.id"""
_EVENTS_SQL: LiteralString = """
    insert into audit_events (timestamp_iso, event_type, entity_kind, entity_id, workspace_id, actor_id,
        from_status, to_status, version)
    select at, event_type, kind, id, %s, actor, before, after, version
    from unnest(%s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int[])
        as e(at, event_type, kind, id, actor, before, after, version)"""


class OpsTrafficLevers(Levers, frozen=True, forbid_unknown_fields=True):
    """`paused` stops all calls, and leaves no rows of what is lived through."""

    paused: bool = False


@dataclass
class Rfi:
    """A request for information as it stands, and when it was moved last."""

    id: str
    status: str
    version: int
    author: str
    moved_at: datetime | None = None


@dataclass
class Doings:
    """What the users did in a span: the rfis that they moved, the events that this left."""

    rfis: list[Rfi]
    verifiers: Iterator[str] = field(default_factory=lambda: itertools.cycle(_VERIFIERS))
    events: list[tuple[Any, ...]] = field(default_factory=list)

    def move(self, rfi: Rfi, at: datetime) -> None:
        before, rfi.status = rfi.status, _MOVES[rfi.status]
        rfi.version += 1
        rfi.moved_at = at
        actor = rfi.author if rfi.status == "awaiting_verifier" else next(self.verifiers)
        self.events.append((at, "transition", "rfi", rfi.id, actor, before, rfi.status, rfi.version))

    def patch(self, patch: str, at: list[datetime], author: str) -> None:
        """One comes, is submitted and approved, and is withdrawn."""
        for number, (moment, (event, before, after)) in enumerate(zip(at, _PATCH_EVENTS, strict=True)):
            actor = next(self.verifiers) if after == "Approved" else author
            version = min(number + 1, 3)
            self.events.append((moment, event, "patch", patch, actor, before, after, version))


class OpsTraffic(Service):
    """Calls on schedule, whatever the answers."""

    levers: OpsTrafficLevers = OpsTrafficLevers()

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.database = Database(settings.postgres, size=1)
        addresses = settings.peer("ops-view").split(",")
        self._turns = itertools.cycle([f"http://{address}/api/v2.5" for address in addresses])
        self.client = httpx.AsyncClient(timeout=5, trust_env=False)
        self._running: set[asyncio.Task[None]] = set()
        # While a span is lived through nobody writes by hand.
        self._writing = asyncio.Lock()
        self._made = 0

    async def start(self) -> None:
        for work in (self._read_for_ever(), self._write_for_ever()):
            self._background(work)

    async def stop(self) -> None:
        for task in self._running:
            task.cancel()
        await self.client.aclose()
        await self.database.close()

    async def live(self, span: Span) -> Lived:
        if not self.levers.paused:
            async with self._writing:
                if await self._writes_are_stored():
                    await self._leave(span)
        return Lived(Life(), [])

    async def _leave(self, span: Span) -> None:
        """The rows that the span's writes leave behind, as many as the replicas count."""
        rounds = int(span.seconds / 60 * WRITES_PER_MINUTE) // 8
        found = await self.database.rows(_RFIS_SQL, (WORKSPACE, list(_AUTHORS)))
        doings = Doings([Rfi(*row) for row in found])
        for number in range(rounds):
            since = span.ends_at - span.seconds * (rounds - number) / rounds
            times = [datetime.fromtimestamp(since + span.seconds / rounds * i / 8, UTC) for i in range(8)]
            for at in times[::2]:
                doings.move(self.random.choice(doings.rfis), at)
            self._made += 1
            doings.patch(identity("pat", self.settings.pod, self._made), times[1::2], self.random.choice(_AUTHORS))
        await self._write(doings)

    async def _write(self, doings: Doings) -> None:
        moved = [rfi for rfi in doings.rfis if rfi.moved_at]
        columns = ([rfi.id for rfi in moved], [rfi.status for rfi in moved], [rfi.version for rfi in moved])
        await self.database.rows(_MOVED_SQL, (*columns, [rfi.moved_at for rfi in moved]))
        events = sorted(doings.events, key=lambda event: event[0])
        if events:
            await self.database.rows(_EVENTS_SQL, (WORKSPACE, *map(list, zip(*events, strict=True))))

    async def _read_for_ever(self) -> None:
        reads = [call.route.replace("/api/v2.5", "").replace(":ws", WORKSPACE) for call in READS]
        shares = list(READS.values())
        while True:
            await asyncio.sleep(60 / REQUESTS_PER_MINUTE)
            if not self.levers.paused:
                (path,) = self.random.choices(reads, shares)
                await self._call("GET", path, self.random.choice(_READERS))

    async def _write_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_WRITE_EVERY_S)
            with contextlib.suppress(psycopg.Error):
                async with self._writing:
                    if not self.levers.paused and await self._writes_are_stored():
                        await self._hand_on()

    async def _hand_on(self) -> None:
        """One rfi goes to whoever has to see it next."""
        row = self.random.choice(await self.database.rows(_RFIS_SQL, (WORKSPACE, list(_AUTHORS))))
        rfi = Rfi(*row)
        user = rfi.author if rfi.status == "returned" else self.random.choice(_VERIFIERS)
        asked = {"custody_status": _MOVES[rfi.status], "version": rfi.version}
        await self._call("PATCH", f"/rfis/{rfi.id}", user, asked)

    async def _writes_are_stored(self) -> bool:
        answer = await self._call("GET", "/feature-flags", "")
        return (
            answer is not None and answer.status_code == httpx.codes.OK and answer.json()["data"]["OPS_VIEW_DB_WRITE"]
        )

    async def _call(self, method: str, path: str, user: str, asked: object = None) -> httpx.Response | None:
        headers = {"authorization": f"Bearer {user}"} if user else {}
        try:
            return await self.client.request(method, next(self._turns) + path, headers=headers, json=asked)
        except httpx.HTTPError:
            return None

    def _background(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)


if __name__ == "__main__":
    main(OpsTraffic)
