"""What do the servers themselves say of who wrote?

The second witness beside the doors' own count. Servers count for everybody: what moved meanwhile may be anybody's. What
PostgreSQL says of the suite's own transactions (none was given an id) is in the door's count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flipgate.core.errors import NoAnswer, Unreachable, visible

if TYPE_CHECKING:
    from flipgate.config.environment import Environment, Postgres, Redis

_READING = re.compile(
    "get|mget|strlen|type|p?ttl|exists|ping|time|info|role|hello|auth|select|command|scan|echo|quit|reset|object"
    r"|client\|(setname|setinfo|getname|id|info|list)|acl\|whoami|replconf|psync"
)
_WRITTEN = """select coalesce(sum(n_tup_ins), 0)::bigint, coalesce(sum(n_tup_upd), 0)::bigint,
coalesce(sum(n_tup_del), 0)::bigint from pg_stat_user_tables"""
_NEXT_ID = "select pg_snapshot_xmax(pg_current_snapshot())::text"


@dataclass(frozen=True)
class Counters:
    """One server's counters of writing, by name; `told`: why there are none."""

    counted: Mapping[str, int] = field(default_factory=dict)
    told: str = ""

    def since(self, before: Counters) -> Counters:
        """By how much did they move? Those that did not are left out; a server that restarted counts anew."""
        if self.told or before.told:
            return Counters(told=self.told or before.told)
        moved = {name: value - before.counted.get(name, 0) for name, value in self.counted.items()}
        if any(value < 0 for value in moved.values()):
            return Counters(told="its counters began anew meanwhile")
        return Counters({name: value for name, value in moved.items() if value})


NO_SERVER = Counters(told="no server of it counts who writes")


def counters(environment: Environment) -> dict[str, Counters]:
    """What have the servers counted so far, by system? Cost: one round trip or two each, at the same time."""
    questions: dict[str, Callable[[], Mapping[str, int]]] = {}
    if flag_store := environment.redis:
        questions[f"redis {flag_store.host}:{flag_store.port}"] = lambda: _of_redis(flag_store)
    if database := environment.postgres:
        address = f"postgresql {database.host}:{database.port}/{database.dbname}"
        questions[address] = lambda: _of_postgres(database)
    with ThreadPoolExecutor(max(1, len(questions))) as threads:
        return dict(zip(questions, threads.map(_asked, questions.values()), strict=True))


def _asked(question: Callable[[], Mapping[str, int]]) -> Counters:
    try:
        return Counters(question())
    except NoAnswer as error:
        return Counters(told=error.seen)


def _of_redis(block: Redis) -> Mapping[str, int]:
    import redis

    from flipgate.safety.redis import client

    try:
        with client(block) as asker:
            stats = asker.info("commandstats")
    except (redis.RedisError, ValueError) as error:
        raise Unreachable("redis", visible(str(error)), "INFO commandstats") from error
    calls = {name.removeprefix("cmdstat_"): of["calls"] for name, of in stats.items() if isinstance(of, dict)}
    return {visible(name, 60): int(number) for name, number in calls.items() if not _READING.fullmatch(name)}


def _of_postgres(block: Postgres) -> Mapping[str, int]:
    from flipgate.safety.postgres import Door

    door = Door(block)
    try:
        with door.snapshot(_WRITTEN) as snapshot:
            ((inserted, updated, deleted),) = snapshot.rows(lambda *row: row, _WRITTEN, {})
            (following,) = snapshot.rows(int, _NEXT_ID, {})
    finally:
        door.close()
    rows = {"rows inserted": inserted, "rows updated": updated, "rows deleted": deleted}
    return {**{name: int(number) for name, number in rows.items()}, "transactions that wrote": following}
