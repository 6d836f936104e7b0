"""The way back: the lever itself, and the order in which it is pulled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psycopg import sql

from flipgate.rehearsal.catalogue import STOP, Trial, fault

_LEGACY = ("pillars", "teams", "team_memberships")

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_LEVER = "The legacy tables exist and receive every write"


@fault("", Trial("preflight", _LEVER, STOP, told="Phase 3 has begun"))
def phase_3_begun(world: World) -> Iterator[None]:
    """The legacy tables are gone: Phase 3 has begun, and there is no way back."""
    _rename(world, "", "_dropped")
    yield
    _rename(world, "_dropped", "")


@fault(
    "A12",
    Trial(
        "rollback",
        "Flags were flipped back in reverse order",
        STOP,
        told='while "cascade_4layer" is true',
        begins="before",
        stays=True,
    ),
)
def rollback_in_wrong_order(world: World) -> None:
    """Reads were switched back to the legacy tables while the flags that build on them still read true."""
    world.flip("cascade_4layer", value=True)


def _rename(world: World, before: str, after: str) -> None:
    with world.postgres.connect() as connection:
        for table in _LEGACY:
            old, new = sql.Identifier(table + before), sql.Identifier(table + after)
            connection.execute(sql.SQL("alter table {} rename to {}").format(old, new))
