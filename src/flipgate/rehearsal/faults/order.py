"""Flags that stand out of their order, and the change window that flips keep to."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault, look_alike
from flipgate.rehearsal.services.flags import redis_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.platforms.org_v23 import OrgV23

_INSIDE = "Now is inside the agreed change window"
_BEFORE_SECOND = "Before the second flip reads have moved and the cascade is off"
_SECOND = "After the second flip the cascade is on and nothing after it"
_LATER = "new_services_enabled"
_DUAL_WRITE = "dual_write_org_units"
_FURTHEST_WEST_H = 12


@fault("", Trial("preflight", _INSIDE, STOP, told="opens"))
def window_closed(world: OrgV23) -> Iterator[None]:
    """The agreed change window has closed, an hour ago."""
    closed = (world.now().hour - 1) % 24
    with _agreed(world, "UTC", f"{(closed - 1) % 24:02}:00", f"{closed:02}:00"):
        yield


@look_alike("H9", Trial("preflight", _INSIDE))
def window_over_midnight(world: OrgV23) -> Iterator[None]:
    """Flips are agreed upon from ten in the evening to two in the morning, in a zone where midnight has just passed."""
    behind = world.now().hour
    zone = f"Etc/GMT+{behind}" if behind <= _FURTHEST_WEST_H else f"Etc/GMT-{24 - behind}"
    with _agreed(world, zone, "22:00", "02:00"):
        yield


@fault(
    "A12",
    Trial("preflight", "Before the first flip only dual writing is on", STOP, told=_LATER),
    Trial("before_flip_2", _BEFORE_SECOND, STOP, told=_LATER, stays=True),
    Trial(
        "after_flip_2", "After the second flip the cascade is on and nothing after it", STOP, told=_LATER, stays=True
    ),
)
def last_flag_first(world: OrgV23) -> Iterator[None]:
    """Somebody has flipped new_services_enabled before its turn."""
    world.flip(_LATER, value=True)
    yield
    world.flip(_LATER, value=False)


@fault(
    "",
    Trial("after_flip_3", "After the third flip every flag is on", STOP, told=_DUAL_WRITE, stays=True),
    Trial("soak", "The soak ends with every flag as the third flip left it", STOP, told=_DUAL_WRITE, stays=True),
    Trial("rollback", "The rollback leaves the flags in their order", STOP, told=_DUAL_WRITE, stays=True),
)
def dual_write_off(world: OrgV23) -> Iterator[None]:
    """Somebody has switched dual writing off; nobody has written since."""
    with world.fleet.misbehaving("traffic", writer_paused=True):
        world.flip(_DUAL_WRITE, value=False)
        yield
        world.flip(_DUAL_WRITE, value=True)


@fault(
    "A1",
    Trial(
        "after_flip_2",
        _SECOND,
        HOLD,
        told="no platform-wide value",
        also=("Governance latency is measured, by samples of its own where no histogram serves",),
        stays=True,
    ),
)
def cascade_key_missing(world: OrgV23) -> Iterator[None]:
    """The flag store has lost the key of cascade_4layer."""
    world.redis.forget(redis_key("cascade_4layer"))
    yield
    world.flip("cascade_4layer", value=True)


@contextlib.contextmanager
def _agreed(world: OrgV23, timezone: str, opens: str, closes: str) -> Iterator[None]:
    """Another change window is agreed upon as long as the block lasts."""
    before = world.change_window
    world.change_window = {"timezone": timezone, "opens": opens, "closes": closes}
    yield
    world.change_window = before
