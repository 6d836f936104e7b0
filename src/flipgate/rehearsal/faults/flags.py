"""What the surfaces say of a flag, and what each replica makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_FLAG = "read_from_org_units"
_CASCADE = "cascade_4layer"


@fault(
    "A15",
    Trial("preflight", "No surface outranks the keys that the operator will set", HOLD, told="database global"),
    Trial(
        "after_flip_1",
        "After the first flip reads have moved and nothing else",
        HOLD,
        told="UPDATE platform_feature_flags",
        stays=True,
    ),
)
def db_row_overrides(world: World) -> Iterator[None]:
    """The database overrides read_from_org_units with another value than the flag store holds."""
    contrary = world.flags()[_FLAG] != "true"
    with world.postgres.connect() as connection:
        connection.execute(
            "insert into platform_feature_flags (flag, scope, value, updated_at, updated_by)"
            " values (%s, 'global', %s, now(), 'an earlier override')"
            " on conflict (flag, scope) do update set value = excluded.value",
            (_FLAG, contrary),
        )
    yield
    _remove_row(world, _FLAG)


@fault(
    "A7",
    Trial(
        "after_flip_1",
        "Every replica reads the mirror tables",
        HOLD,
        told="not in force on tenant-service-",
        begins="before",
        stays=True,
    ),
    Trial(
        "rollback",
        "After the rollback every replica reads the tables that its flag names",
        HOLD,
        told="tenant-service-",
        begins="before",
        stays=True,
    ),
)
def stale_flag_replica(world: World) -> Iterator[None]:
    """One replica of tenant-service keeps the flag values that it has, whatever is flipped from here on."""
    with world.fleet.misbehaving("tenant-service", pod=0, stale_flags=True):
        yield


@fault(
    "A7 D5",
    Trial(
        "after_flip_2",
        "Four layers take the traffic of every replica, three take none",
        HOLD,
        told="not in force:",
        begins="before",
        stays=True,
    ),
)
def stale_cascade_replica(world: World) -> Iterator[None]:
    """One replica of context-engine keeps the flag values that it has, whatever is flipped from here on."""
    with world.fleet.misbehaving("context-engine", pod=1, stale_flags=True):
        yield


@fault(
    "A11 J5",
    Trial("soak", "No flag was touched in the soak", STOP, told='"cascade_4layer" became true', stays=True),
)
def flag_toggled_in_soak(world: World) -> Iterator[None]:
    """Somebody switched cascade_4layer off and on again in the database; every surface reads true as before."""
    with world.postgres.connect() as connection:
        connection.execute(
            "insert into platform_feature_flags (flag, scope, value, updated_at, updated_by)"
            " values (%s, 'global', false, clock_timestamp(), 'on call')",
            (_CASCADE,),
        )
    world.flip(_CASCADE, value=True)
    yield
    _remove_row(world, _CASCADE)


def _remove_row(world: World, flag: str) -> None:
    with world.postgres.connect() as connection:
        connection.execute("delete from platform_feature_flags where flag = %s", (flag,))
