"""The environment's own users: steady calls through the gateway, and a writer that saves memberships again unchanged.

Peers: `gateway`, its HTTP addresses, called in turn; `token`, the bearer token that they let in.
The gateway's `requests_per_minute` is obeyed live as well: when it says 0, nobody calls.
"""

import asyncio
import contextlib
import itertools
import time
from collections.abc import Coroutine
from typing import LiteralString

import httpx
import msgspec
import psycopg
from redis.exceptions import RedisError

from .database import Database
from .flags import connect
from .load import MIX, NEW_MIX
from .metrics import Life, Span
from .process import Levers, Lived, Service, main
from .rpc import TENANT_HEADER
from .seed import TENANTS, check_question
from .settings import Settings

_AT_ONCE = 4
_SAVE_EVERY_S = 1.0
_RATE_READ_EVERY_S = 1.0

_SAVE_SQL: LiteralString = """
with saved as (
    update team_memberships set updated_at = now()
    where tenant_id = %s and hashtext(team_id || member_id) %% 61 = %s
    returning team_id, member_id, updated_at)
update org_unit_memberships m set updated_at = saved.updated_at from saved
where %s and m.org_unit_id = saved.team_id and m.member_id = saved.member_id
"""
# Written without the indexes, so that the tables' idx_scan counts what readers do.
_PLANNER = {"enable_indexscan": "off", "enable_bitmapscan": "off", "enable_indexonlyscan": "off"}


class TrafficSwitch(Levers, frozen=True, forbid_unknown_fields=True):
    """`paused` stops the calls; `writer_paused` stops the writer."""

    paused: bool = False
    writer_paused: bool = False


class GatewayRate(msgspec.Struct, frozen=True):
    requests_per_minute: float


class Traffic(Service):
    """Calls at the gateway's own rate, on schedule, whatever the answers; saves a few memberships every second."""

    levers: TrafficSwitch = TrafficSwitch()

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.database = Database(settings.postgres, _PLANNER, size=1)
        self.flags = connect(settings, self.database)
        self.sent = self.metrics.counter("traffic_requests_total", "Calls sent, by what came back.", "code")
        self.gateways = settings.peer("gateway").split(",")
        self._turns = itertools.cycle(self.gateways)
        self.client = httpx.AsyncClient(
            headers={"authorization": f"Bearer {settings.peer('token')}", "connect-protocol-version": "1"},
            timeout=5,
            trust_env=False,
        )
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._per_minute = 0.0
        self._running: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        await self._read_rate()
        for work in (self._call_for_ever(), self._save_for_ever(), self._read_rate_for_ever()):
            self._background(work)

    async def stop(self) -> None:
        for task in self._running:
            task.cancel()
        await self.client.aclose()
        await self.flags.close()
        await self.database.close()

    def age(self, seconds: float) -> None:
        super().age(seconds)
        self.flags.age(seconds)

    async def live(self, span: Span) -> Lived:  # noqa: ARG002  what was called is told by the gateway's own model
        await self._save()
        return Lived(Life(), [])

    async def _call_for_ever(self) -> None:
        due = time.monotonic()
        while True:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if self._per_minute <= 0 or self.levers.paused:
                due = time.monotonic() + 0.2
                continue
            due = max(due, time.monotonic() - 1) + 60 / self._per_minute
            await self._slots.acquire()
            self._background(self._call())

    async def _call(self) -> None:
        tenant = self.random.choice(TENANTS)
        mix = MIX | NEW_MIX if await self.flags.on("new_services_enabled") else MIX
        (method,) = self.random.choices(list(mix), weights=list(mix.values()))
        url = f"http://{next(self._turns)}/{method}"
        asked = check_question(self.random, tenant) if method.endswith("/Check") else {}
        try:
            answer = await self.client.post(url, json=asked, headers={TENANT_HEADER: tenant.id})
            self.sent.add(1, str(answer.status_code))
        except httpx.HTTPError as error:
            self.sent.add(1, type(error).__name__)
        finally:
            self._slots.release()

    async def _save_for_ever(self) -> None:
        while True:
            await self._save()
            await asyncio.sleep(_SAVE_EVERY_S)

    async def _save(self) -> None:
        if self.levers.writer_paused:
            return
        tenant = self.random.choice([tenant for tenant in TENANTS if tenant.teams])
        with contextlib.suppress(psycopg.Error, RedisError):
            mirrored = await self.flags.on("dual_write_org_units", tenant.id)
            await self.database.rows(_SAVE_SQL, (tenant.id, self.random.randrange(61), mirrored))

    async def _read_rate_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_RATE_READ_EVERY_S)
            await self._read_rate()

    async def _read_rate(self) -> None:
        with contextlib.suppress(httpx.HTTPError, msgspec.MsgspecError):
            answer = await self.client.get(f"http://{self.gateways[0]}/-/behave")
            self._per_minute = msgspec.json.decode(answer.content, type=GatewayRate).requests_per_minute

    def _background(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)


if __name__ == "__main__":
    main(Traffic)
