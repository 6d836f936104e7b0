"""The reads that moved with the first flip: what the shim answers, and what its log says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World


_SHIM = "Every replica takes the shim path and none falls back to legacy"
_PARITY = "The first flip changes no answer"
_FELL_BACK = '"fallback to legacy" on tenant-service-7c9d5b6f4-2xkqp'


@fault("D4", Trial("shim", _SHIM, STOP, told=_FELL_BACK, lived_s=60))
def fallback_in_one_replica(world: World) -> Iterator[None]:
    """One replica of tenant-service falls back to the legacy tables; its answers stay the same, only its log tells."""
    with world.fleet.misbehaving("tenant-service", pod=0, fallback_to_legacy=True):
        yield
    world.advance(6 * 60)


@fault(
    "D7",
    Trial("shim", _SHIM, STOP, told="an error that names the shim on tenant-service-7c9d5b6f4-m8wzt", lived_s=60),
)
def shim_errors_in_one_replica(world: World) -> Iterator[None]:
    """One replica of tenant-service logs an error that names the shim with every ListTeams."""
    with world.fleet.misbehaving("tenant-service", pod=1, shim_errors=True):
        yield
    world.advance(6 * 60)


@fault("", Trial("shim", _SHIM, HOLD, told="no log line at all from tenant-service", lived_s=360))
def no_log_lines(world: World) -> Iterator[None]:
    """No replica of tenant-service logs its calls any more."""
    with world.fleet.misbehaving("tenant-service", silent=True):
        yield
    world.advance(6 * 60)


@fault("", Trial("shim", _SHIM, HOLD, told="not in force on tenant-service-7c9d5b6f4-m8wzt (silent)", lived_s=360))
def one_silent_replica(world: World) -> Iterator[None]:
    """One replica of tenant-service logs its calls no more; the others do."""
    with world.fleet.misbehaving("tenant-service", pod=1, silent=True):
        yield
    world.advance(6 * 60)


@fault(
    "",
    Trial("after_flip_1", _PARITY, STOP, told="does not resolve"),
    Trial(
        "before_flip_2",
        "The second flip waits for the checks after the first",
        HOLD,
        told='stage "after_flip_1": STOP',
        after=("after_flip_1",),
    ),
)
def empty_list_teams(world: World) -> Iterator[None]:
    """The shim answers ListTeams with nothing; before the flip the legacy path answers, and nothing shows."""
    with world.fleet.misbehaving("tenant-service", empty_list_teams=True):
        yield


@fault("G2", Trial("after_flip_1", _PARITY, STOP, told="missing"))
def last_page_missing(world: World) -> Iterator[None]:
    """The shim leaves out the last page of ListTeams; the first page is the same as before."""
    with world.fleet.misbehaving("tenant-service", last_page_missing=True):
        yield
