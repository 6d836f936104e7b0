"""The database's own rows for flags, which win over the flag store."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_SQL = """
    insert into platform_feature_flags (flag, scope, value, updated_at, updated_by)
    values (%s, 'global', %s, clock_timestamp() - make_interval(days => %s), %s)"""


@contextlib.contextmanager
def held(world: World, flag: str, *, value: bool, by: str, days_ago: int = 0) -> Iterator[None]:
    """The database holds a platform-wide row for a flag, written so many days ago, as long as the block lasts."""
    with world.postgres.connect() as connection:
        connection.execute(_SQL, (flag, value, days_ago, by))
    yield
    with world.postgres.connect() as connection:
        connection.execute("delete from platform_feature_flags where flag = %s", (flag,))
