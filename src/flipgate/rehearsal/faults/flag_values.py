"""What the flag store holds for a flag: nothing, other words, the right word in the wrong place."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from flipgate.rehearsal.boxes import BOXES
from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault, look_alike
from flipgate.rehearsal.services.flags import redis_key
from flipgate.rehearsal.services.seed import TENANTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.platforms.org_v23 import OrgV23

_POSTURE = "Before the first flip only dual writing is on"
_FLIPPED = "After the first flip reads have moved and nothing else"
_CASCADE_IS_ON = "flag \"cascade_4layer\": redis global 'true'"
_DUAL_WRITE, _READS, _CASCADE = "dual_write_org_units", "read_from_org_units", "cascade_4layer"
_OTHER_TENANT = TENANTS[2].id


@fault("A1", Trial("preflight", _POSTURE, HOLD, told='flag "read_from_org_units": no platform-wide value'))
def flag_key_missing(world: OrgV23) -> Iterator[None]:
    """The flag store has no key for read_from_org_units, and the database no row."""
    world.redis.forget(redis_key(_READS))
    yield
    world.redis.write({redis_key(_READS): "false"})


@fault("A11", Trial("preflight", _POSTURE, HOLD, told='flag "dual_write_org_units": no platform-wide value'))
def flag_key_expired(world: OrgV23) -> Iterator[None]:
    """The key of dual_write_org_units was set with a time to live, and that has run out."""
    world.redis.expire(redis_key(_DUAL_WRITE))
    yield
    world.redis.write({redis_key(_DUAL_WRITE): "true"})


@fault("A2", Trial("preflight", _POSTURE, HOLD, told="inexact text: redis global 'True'"))
def flag_in_other_words(world: OrgV23) -> Iterator[None]:
    """The flag store holds `True` for dual_write_org_units, which no service takes for true."""
    with _held(world, _DUAL_WRITE, "True"):
        yield


@fault("A2", Trial("preflight", _POSTURE, HOLD, told="inexact text: redis global '0'"))
def flag_off_as_a_number(world: OrgV23) -> Iterator[None]:
    """The flag store holds `0` for read_from_org_units."""
    with _held(world, _READS, "0"):
        yield


@fault("A4", Trial("preflight", _POSTURE, HOLD, told="inexact text: redis global 'true '"))
def flag_with_a_space(world: OrgV23) -> Iterator[None]:
    """The value of dual_write_org_units ends with a space."""
    with _held(world, _DUAL_WRITE, "true "):
        yield


@fault("A4", Trial("preflight", _POSTURE, HOLD, told="inexact text: redis global"))
def flag_with_a_byte_order_mark(world: OrgV23) -> Iterator[None]:
    """The value of dual_write_org_units begins with a byte order mark, which no terminal shows."""
    with _held(world, _DUAL_WRITE, "\ufefftrue"):
        yield


@fault("A4", Trial("preflight", _POSTURE, HOLD, told="""inexact text: redis global '"false"'"""))
def flag_in_quotes(world: OrgV23) -> Iterator[None]:
    """The value of read_from_org_units is quoted, as a JSON text."""
    with _held(world, _READS, '"false"'):
        yield


@fault("A14", Trial("preflight", _POSTURE, HOLD, told="inexact text: redis global '99'"))
def flag_at_99_percent(world: OrgV23) -> Iterator[None]:
    """The flag store holds a percentage for dual_write_org_units: all tenants but one in a hundred."""
    with _held(world, _DUAL_WRITE, "99"):
        yield


@look_alike(
    "A1 A2 A4 A14 J5",
    Trial("preflight", _POSTURE),
    Trial("before_flip_3", "The third flip waits for a green second one", after=("after_flip_2",)),
    Trial("soak", "No flag was touched in the soak"),
    Trial("sign_off", BOXES[8], also=(BOXES[9], BOXES[10])),
)
def flags_written_again(world: OrgV23) -> Iterator[None]:
    """Somebody wrote every flag again, to the letter as it was."""
    world.redis.write({redis_key(flag): str(text) for flag, text in world.flags().items()})
    yield


@fault(
    "A3", Trial("after_flip_1", _FLIPPED, STOP, told="flag \"dual_write_org_units\": redis global 'false'", stays=True)
)
def flag_set_in_another_database(world: OrgV23) -> Iterator[None]:
    """dual_write_org_units was switched on in the store's database 1; the services read database 0, where it is off."""
    key = redis_key(_DUAL_WRITE)
    world.redis.write({key: "true"}, db=1)
    with _held(world, _DUAL_WRITE, "false"):
        yield
    world.redis.forget(key, db=1)


@look_alike("A3", Trial("preflight", _POSTURE))
def another_database_is_in_use(world: OrgV23) -> Iterator[None]:
    """The store's database 1 holds keys of somebody else, one of them of the same name."""
    keys = {redis_key(_CASCADE): "true", "ff:billing:invoices:global": "false"}
    world.redis.write(keys, db=1)
    yield
    world.redis.forget(*keys, db=1)


@fault("A12", Trial("after_flip_1", _FLIPPED, STOP, told=_CASCADE_IS_ON, stays=True))
def flag_ahead_of_its_order(world: OrgV23) -> Iterator[None]:
    """cascade_4layer is on already, while the checks after the first flip still run."""
    with _held(world, _CASCADE, "true"):
        yield


@fault("A12", Trial("after_flip_1", _FLIPPED, STOP, told=_CASCADE_IS_ON, begins="flipped", stays=True))
def two_flags_at_once(world: OrgV23) -> Iterator[None]:
    """cascade_4layer was flipped in one go with the first flag, before either was checked."""
    with _held(world, _CASCADE, "true"):
        yield


@fault("A13", Trial("preflight", _POSTURE, HOLD, told=f"another for tenant {_OTHER_TENANT}"))
def one_tenants_flag_flipped(world: OrgV23) -> Iterator[None]:
    """read_from_org_units was flipped for one tenant in place of the platform."""
    key = redis_key(_READS, _OTHER_TENANT)
    world.redis.write({key: "true"})
    yield
    world.redis.forget(key)


@fault(
    "A13",
    Trial(
        "after_flip_1",
        _FLIPPED,
        HOLD,
        told="flag \"read_from_org_units\": redis global 'false'",
        stays=True,
    ),
)
def another_namespaces_flag_flipped(world: OrgV23) -> Iterator[None]:
    """read_from_org_units was flipped in the namespace of another release; the one that is served stayed false."""
    key = redis_key(_READS).replace("orgv23", "orgv22")
    world.redis.write({key: "true"})
    with _held(world, _READS, "false"):
        yield
    world.redis.forget(key)


@look_alike("A13", Trial("preflight", _POSTURE))
def another_namespace_is_on(world: OrgV23) -> Iterator[None]:
    """A flag of the same name is on in the namespace of another release, where it belongs."""
    key = redis_key(_READS).replace("orgv23", "orgv22")
    world.redis.write({key: "true"})
    yield
    world.redis.forget(key)


@fault(
    "A11",
    Trial(
        "after_flip_1",
        _FLIPPED,
        HOLD,
        told="flag \"read_from_org_units\": redis global 'false'",
        begins="flipped",
        stays=True,
    ),
)
def flip_reverted_by_itself(world: OrgV23) -> Iterator[None]:
    """Forty seconds after the flip the deployment tool wrote read_from_org_units back to false, as its file has it."""
    world.advance(40)
    with _held(world, _READS, "false"):
        yield


@look_alike("A11", Trial("after_flip_1", _FLIPPED))
def unrelated_key_expired(world: OrgV23) -> Iterator[None]:
    """A key beside the flags had a time to live, and that has run out."""
    key = "ff:orgv23:banner:global"
    world.redis.write({key: "maintenance"})
    world.redis.expire(key)
    yield


@contextlib.contextmanager
def _held(world: OrgV23, flag: str, text: str) -> Iterator[None]:
    """The flag store holds this for a flag as long as the block lasts."""
    before = str(world.flags()[flag])
    world.redis.write({redis_key(flag): text})
    yield
    world.redis.write({redis_key(flag): before})
