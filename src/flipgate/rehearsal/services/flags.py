"""What a process serves of the four flags: Redis and the database, read through a cache of its own."""

import asyncio
import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import LiteralString

import psycopg
import redis.asyncio
from redis.exceptions import RedisError

from .database import Database
from .settings import Settings

FLAGS = ("dual_write_org_units", "read_from_org_units", "cascade_4layer", "new_services_enabled")
GLOBAL = "global"
REFRESHES = "v23_flags_refresh"  # the channel of §13.2
_RETRY_S, _LISTEN_S = 0.5, 60.0
_WORDS = {"true": True, "false": False}
_ROWS_SQL: LiteralString = """
    select scope, value from platform_feature_flags where flag = %s and scope in (%s, 'global')"""


def redis_key(flag: str, scope: str = GLOBAL) -> str:
    """Under which key does the flag store hold this flag?"""
    return f"ff:orgv23:{flag}:{scope}"


def initial_flags() -> dict[str, str]:
    """Which keys does the flag store hold when the environment comes up?"""
    return {redis_key(flag): "true" if flag == "dual_write_org_units" else "false" for flag in FLAGS}


@dataclass
class Flags:
    """One process's view: each answer is kept for `ttl_s` or until a refresh, and for ever while `frozen`."""

    store: "redis.asyncio.Redis"
    database: Database
    ttl_s: float
    frozen: bool = False
    _kept: dict[tuple[str, str], tuple[float, bool]] = field(default_factory=dict)
    _following: "asyncio.Task[None] | None" = None

    async def on(self, flag: str, tenant: str = GLOBAL) -> bool:
        """Is this flag on for this tenant? A surface that cannot be read leaves the last answer standing."""
        kept = self._kept.get((flag, tenant))
        if kept is None and self.frozen:
            kept = self._kept.get((flag, GLOBAL))
        if kept is not None and (self.frozen or time.monotonic() < kept[0]):
            return kept[1]
        try:
            value = await self._resolved(flag, tenant)
        except (RedisError, psycopg.Error):
            value = kept[1] if kept is not None else False
        self._kept[flag, tenant] = (time.monotonic() + self.ttl_s, value)
        return value

    def refresh(self) -> None:
        """Drops what is kept, so that the next answer is read anew; frozen answers stay."""
        if not self.frozen:
            self._kept.clear()

    async def follow(self) -> None:
        """Drops the cache whenever any replica announces a refresh."""
        self._following = asyncio.create_task(self._follow())

    async def announce(self) -> bool:
        """Tells every replica to refresh. False where the store did not take it."""
        try:
            await self.store.publish(REFRESHES, "refresh")
        except RedisError:
            return False
        return True

    async def posture(self) -> dict[str, bool]:
        """Which values does this process serve platform-wide?"""
        return {flag: await self.on(flag) for flag in FLAGS}

    async def freeze(self, *, frozen: bool, scopes: Iterable[str] = ()) -> None:
        """Keeps for ever what each scope reads at this moment, or goes on reading."""
        if frozen:
            for scope in (GLOBAL, *scopes):
                for flag in FLAGS:
                    await self.on(flag, scope)
        self.frozen = frozen

    def bake_in(self) -> None:
        """Keeps for ever what holds when the environment comes up."""
        self.frozen = True
        self._kept = {(flag, GLOBAL): (0.0, initial_flags()[redis_key(flag)] == "true") for flag in FLAGS}

    def age(self, seconds: float) -> None:
        self._kept = {key: (until - seconds, value) for key, (until, value) in self._kept.items()}

    async def close(self) -> None:
        if self._following is not None:
            self._following.cancel()
        await self.store.aclose()

    async def _follow(self) -> None:
        while True:
            with contextlib.suppress(RedisError, OSError):
                async with self.store.pubsub(ignore_subscribe_messages=True) as heard:
                    await heard.subscribe(REFRESHES)
                    while True:
                        if await heard.get_message(timeout=_LISTEN_S) is not None:
                            self.refresh()
            await asyncio.sleep(_RETRY_S)

    async def _resolved(self, flag: str, tenant: str) -> bool:
        own, everyone = (
            _WORDS.get(str(word)) for word in await self.store.mget([redis_key(flag, tenant), redis_key(flag)])
        )
        rows: dict[str, bool] = dict(await self.database.rows(_ROWS_SQL, (flag, tenant)))
        candidates = (None if tenant == GLOBAL else own, rows.get(tenant), rows.get(GLOBAL), everyone)
        return next((value for value in candidates if value is not None), False)


def connect(settings: Settings, database: Database) -> Flags:
    """The flags as this process will see them; nothing is read yet. Errors: KeyError where no flag store is named."""
    address = settings.redis
    if address is None:
        raise KeyError(f"{settings.name}: the settings name no flag store")
    store = redis.asyncio.Redis(
        host=address.host,
        port=address.port,
        username=address.username or None,
        password=address.password or None,
        decode_responses=True,
        socket_timeout=2,
    )
    flags = Flags(store, database, settings.flag_ttl_s)
    if settings.flags_baked_in:
        flags.bake_in()
    return flags
