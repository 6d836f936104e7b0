"""What is captured before the first flip, for later stages to compare with."""

from __future__ import annotations

from typing import TYPE_CHECKING, LiteralString

from psycopg import sql

from flipgate.rehearsal.catalogue import HOLD, Trial, fault, look_alike

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_CAPTURED = "Every tenant's answers are captured"
_NEW = "tenant-of-today"


@fault("A16 E7", Trial("baseline", _CAPTURED, HOLD, told="tenant-service at 127.0.0.1:"))
def replica_away(world: World) -> Iterator[None]:
    """One replica of tenant-service is not there."""
    with world.fleet.away("tenant-service", pod=1):
        yield


@fault("", Trial("baseline", "The verdicts of the old path are captured", HOLD, told="context-engine at 127.0.0.1:"))
def governance_replica_away(world: World) -> Iterator[None]:
    """One replica of context-engine is not there."""
    with world.fleet.away("context-engine", pod=1):
        yield


@look_alike("G1", Trial("baseline", _CAPTURED))
def tenant_without_anybody(world: World) -> Iterator[None]:
    """A tenant has been created today: it has no team and no member yet, so its lists are empty."""
    with world.postgres.connect() as connection:
        connection.execute("insert into tenants values (%s, %s, now(), now())", (_NEW, _NEW))
    yield
    with world.postgres.connect() as connection:
        connection.execute("delete from tenants where id = %s", (_NEW,))


@look_alike("G12", Trial("baseline", _CAPTURED))
def names_in_nfd(world: World) -> Iterator[None]:
    """Names are kept decomposed, in the legacy tables and in their mirror: odd bytes, but the same in both."""
    _normalize(world, "NFD")
    yield
    _normalize(world, "NFC")


def _normalize(world: World, form: LiteralString) -> None:
    with world.postgres.connect() as connection:
        for table in ("pillars", "teams", "org_units"):
            connection.execute(
                sql.SQL("update {} set name = normalize(name, {})").format(sql.Identifier(table), sql.SQL(form))
            )
