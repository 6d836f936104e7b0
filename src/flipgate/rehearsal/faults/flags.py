"""What the surfaces say of a flag, and what each replica makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal import late, overrides
from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault, look_alike
from flipgate.rehearsal.services.flags import redis_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.platforms.org_v23 import OrgV23

_FLAG = "read_from_org_units"
_CASCADE = "cascade_4layer"
_DUAL_WRITE = "dual_write_org_units"
_POSTURES = {
    "preflight": "Before the first flip only dual writing is on",
    "before_flip_2": "Before the second flip reads have moved and the cascade is off",
    "after_flip_2": "After the second flip the cascade is on and nothing after it",
    "before_flip_3": "The third flip waits for a green second one",
    "after_flip_3": "After the third flip every flag is on",
    "soak": "The soak ends with every flag as the third flip left it",
    "rollback": "The rollback leaves the flags in their order",
}


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
def db_row_overrides(world: OrgV23) -> Iterator[None]:
    """The database overrides read_from_org_units with another value than the flag store holds."""
    with overrides.held(world, _FLAG, value=world.flags()[_FLAG] != "true", by="an earlier override"):
        yield


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
def stale_flag_replica(world: OrgV23) -> Iterator[None]:
    """One replica of tenant-service keeps the flag values that it has, whatever is flipped from here on."""
    with world.fleet.misbehaving("tenant-service", pod=0, stale_flags=True):
        yield


@look_alike(
    "A7 I1",
    Trial("after_flip_1", "Every replica reads the mirror tables", begins="flipped", stays=True),
    Trial(
        "rollback",
        "After the rollback every replica reads the tables that its flag names",
        begins="flipped",
        stays=True,
    ),
)
def replica_that_follows_in_time(world: OrgV23) -> Iterator[None]:
    """One replica of tenant-service served the old value for the 29 s that its cache lasts, and then the new one."""
    late.followed(world, _FLAG, "tenant-service", pod=0)
    yield


@fault(
    "A10",
    Trial(
        "after_flip_1",
        "Every replica reads the mirror tables",
        HOLD,
        told="not in force on tenant-service-",
        begins="flipped",
        stays=True,
    ),
)
def replica_with_baked_in_flags(world: OrgV23) -> Iterator[None]:
    """A replica of tenant-service that came up after the flip serves the values that its image was built with."""
    world.fleet.restart("tenant-service", pod=1, baked_in=True)
    yield
    world.fleet.restart("tenant-service", pod=1)


@look_alike("A10 B10", Trial("after_flip_1", "Every replica reads the mirror tables", begins="before", stays=True))
def replicas_restarted_before_the_flip(world: OrgV23) -> Iterator[None]:
    """A replica of tenant-service and one of the gateway were restarted before the flip: they serve what is set."""
    world.fleet.restart("tenant-service", pod=1)
    world.fleet.restart("gateway", pod=1)
    yield


@look_alike("A15", *(Trial(stage, gate) for stage, gate in _POSTURES.items()))
def db_row_agrees(world: OrgV23) -> Iterator[None]:
    """The database holds a row for dual_write_org_units too, with the value that the flag store has."""
    with overrides.held(world, _DUAL_WRITE, value=True, by="the migration", days_ago=30):
        yield


@look_alike("A13 A15", Trial("preflight", "No surface outranks the keys that the operator will set"))
def flags_of_others(world: OrgV23) -> Iterator[None]:
    """The database overrides a flag of another runbook, and the flag store has keys of ours for no tenant there is."""
    keys = {redis_key(flag, "staging"): "true" for flag in (_FLAG, _CASCADE)}
    world.redis.write(keys)
    with overrides.held(world, "ops_view_db_read", value=True, by="another runbook"):
        yield
    world.redis.forget(*keys)


@fault(
    "A9",
    Trial(
        "after_flip_1",
        "The error rate stays below its limit for ten minutes after the first flip",
        HOLD,
        told="at least 10 min",
        stays=True,
    ),
)
def looked_at_too_early(world: OrgV23) -> Iterator[None]:
    """read_from_org_units was flipped off and on again a moment ago, in the database: everything looks right so far."""
    with overrides.held(world, _FLAG, value=True, by="operator"):
        yield


@fault(
    "A7 A8 D5",
    Trial(
        "after_flip_2",
        "Four layers take the traffic of every replica, three take none",
        HOLD,
        told="not in force:",
        begins="before",
        stays=True,
    ),
)
def stale_cascade_replica(world: OrgV23) -> Iterator[None]:
    """One replica of context-engine keeps the flag values that it has, whatever is flipped from here on."""
    with world.fleet.misbehaving("context-engine", pod=1, stale_flags=True):
        yield


@fault(
    "A11 J5",
    Trial("soak", "No flag was touched in the soak", STOP, told='"cascade_4layer" became true', stays=True),
)
def flag_toggled_in_soak(world: OrgV23) -> Iterator[None]:
    """Somebody switched cascade_4layer off and on again in the database; every surface reads true as before."""
    with overrides.held(world, _CASCADE, value=False, by="on call"):
        world.flip(_CASCADE, value=True)
        yield
