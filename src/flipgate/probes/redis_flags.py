"""Which values does the flag store hold, exactly?"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import redis

from flipgate.core.errors import Malformed, NoData, Unreachable, visible
from flipgate.core.facts.flags import GLOBAL, FlagValue
from flipgate.core.observation import Observation
from flipgate.safety.redis import client

if TYPE_CHECKING:
    from flipgate.config.environment import Redis
    from flipgate.core.clock import Clock

_BATCH = 500
_LONGEST_VALUE = 1000
_PRIMARY_SILENT_S = 20  # a primary pings its replicas every 10 s


class RedisFlags:
    """Asks one flag store."""

    def __init__(self, block: Redis, clock: Clock) -> None:
        self._client, self._prefix, self._clock = client(block), block.key_prefix, clock
        self._source = f"redis {block.host}:{block.port}"

    def values(self, flags: Sequence[str], tenants: Sequence[str]) -> Observation[tuple[FlagValue, ...]]:
        """Which values do these flags have, platform-wide and for each of these tenants?

        Shape:   flag by flag, "global" first; an absent key has no entry. Text is exact; what is no UTF-8 is escaped.
        Errors:  Unreachable; NoData (a replica without its primary); Malformed (a key that holds no short text).
        """
        self._must_be_current()
        held = {flag: self._held(flag, (GLOBAL, *tenants)) for flag in flags}
        return Observation(
            value=tuple(value for values in held.values() for value in values),
            unit="flag values",
            source="redis",
            asked=("INFO replication", *(self._asked(flag, len(tenants)) for flag in flags)),
            taken_at=self._clock.now(),
        )

    def server_time(self) -> Observation[datetime]:
        """What time is it for the flag store?

        Errors: Unreachable.
        """
        with self._answering("TIME"):
            seconds, micros = self._client.time()
        time = datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=micros)
        return Observation(self._clock.to_world(time), "time", "redis", ("TIME",), self._clock.now())

    def itself(self) -> Observation[dict[str, str]]:
        """Which process is this, and which history has its data?

        Errors: Unreachable, Malformed.
        """
        asked = ("INFO server", "INFO replication")
        with self._answering(" ".join(asked)):
            told = {**self._client.info("server"), **self._client.info("replication")}
        named = {"run_id": told.get("run_id"), "replid": told.get("master_replid")}
        value = {name: visible(str(text)) for name, text in named.items() if text}
        return Observation(value, "names", "redis", asked, self._clock.now())

    def _must_be_current(self) -> None:
        """A replica that never synced answers nil without an error, and one that lost its primary the old value."""
        with self._answering("INFO replication"):
            info = self._client.info("replication")
        if info.get("role") == "master":
            return
        link, silent_s = info.get("master_link_status"), int(info.get("master_last_io_seconds_ago", -1))
        if link != "up" or not 0 <= silent_s <= _PRIMARY_SILENT_S or int(info.get("master_sync_in_progress", 0)):
            seen = f"a replica that may be old: link to its primary {link}, last heard of {silent_s} s ago"
            raise NoData(self._source, seen, "INFO replication")

    def _held(self, flag: str, scopes: Sequence[str]) -> Iterator[FlagValue]:
        keys = {f"{self._prefix}:{flag}:{scope}": scope for scope in scopes}
        for start in range(0, len(keys), _BATCH):
            batch = list(keys)[start : start + _BATCH]
            for key, raw in zip(batch, self._texts(batch), strict=True):
                if raw is not None:
                    command = f"redis-cli SET {shlex.quote(key)} {{value}}"
                    yield FlagValue(flag, "redis", keys[key], _text(raw), command=command)

    def _texts(self, keys: list[str]) -> list[bytes | None]:
        """MGET answers nil for a key of another type, and anything up to 512 MB: lengths are asked first."""
        with self._answering(f"STRLEN {keys[0]} …"):
            lengths = self._client.pipeline(transaction=False)
            for key in keys:
                lengths.strlen(key)
            found = lengths.execute(raise_on_error=False)
        for key, length in zip(keys, found, strict=True):
            if not isinstance(length, int) or length > _LONGEST_VALUE:
                raise Malformed(
                    self._source, f"{visible(key)} holds no flag's value: {visible(str(length))}", f"STRLEN {key}"
                )
        with self._answering(f"MGET {keys[0]} …"):
            return [None if raw is None else bytes(raw) for raw in self._client.mget(keys)]  # type: ignore[arg-type]

    def _asked(self, flag: str, tenants: int) -> str:
        return f"MGET {self._prefix}:{flag}:{GLOBAL}" + (
            f" {self._prefix}:{flag}:<each of {tenants} tenants>" if tenants else ""
        )

    @contextmanager
    def _answering(self, asked: str) -> Iterator[None]:
        try:
            yield
        except (redis.ConnectionError, redis.TimeoutError, redis.ResponseError) as error:
            raise Unreachable(self._source, visible(str(error)), asked) from error
        except (redis.RedisError, ValueError, TypeError, AttributeError) as error:
            raise Malformed(self._source, f"no answer in Redis' protocol: {visible(str(error))}", asked) from error


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return visible(raw.decode("utf-8", "backslashreplace"))
