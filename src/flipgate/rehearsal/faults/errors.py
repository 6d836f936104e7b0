"""Requests that fail at the gateway, or do not come at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault, look_alike
from flipgate.rehearsal.services.load import MIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_FIGURES = "The figures of the old path are captured"
_FIRST = "The error rate stays below its limit for ten minutes after the first flip"
_THIRD = "The 5xx rate stays below its limit for fifteen minutes after the third flip"
_BACK = "The error rate is back below its limit after the rollback"
_P95 = "The p95 of governance checks keeps its limit on the cascade"
_FEW_CHECKS_PER_MINUTE = 6


@fault("", Trial("after_flip_1", _FIRST, STOP, told="%", begins="flipped", stays=True))
def error_rate_0_6_percent(world: World) -> Iterator[None]:
    """Six of a thousand requests at the gateway fail, steadily."""
    with world.fleet.misbehaving("gateway", error_ratio=0.006):
        yield


@fault("", Trial("rollback", _BACK, STOP, told="%", begins="flipped", stays=True))
def errors_go_on(world: World) -> Iterator[None]:
    """One in twenty requests at the gateway fails, after the flip back too: the newest minute is as bad as any."""
    with world.fleet.misbehaving("gateway", error_ratio=0.05):
        yield


@fault("D10", Trial("after_flip_1", _FIRST, STOP, told="minute", begins="flipped", stays=True))
def one_bad_minute(world: World) -> Iterator[None]:
    """For one minute three of a hundred requests at the gateway fail; the mean over ten minutes is below the limit."""
    with world.fleet.misbehaving("gateway", bad_minute=0.03):
        yield


@fault("B11", Trial("after_flip_1", _FIRST, STOP, told="%", begins="flipped", stays=True))
def errors_of_one_scrape(world: World) -> Iterator[None]:
    """Half of the requests fail between two scrapes: the counter of errors is born high, and never rises again."""
    with world.fleet.misbehaving("gateway", bad_minute=0.5, bad_s=25):
        world.advance(60)
        yield


@fault("A16", Trial("after_flip_1", _FIRST, HOLD, told="not scraped", lived_s=60, stays=True))
def gateway_replica_down(world: World) -> Iterator[None]:
    """One of the two replicas of the gateway does not run; the other one answers without an error."""
    with world.fleet.away("gateway", pod=1):
        yield


@fault("", Trial("after_flip_3", _THIRD, STOP, told="ConflictService 503", begins="flipped", stays=True))
def errors_on_one_path(world: World) -> Iterator[None]:
    """One in ten calls of ConflictService fail at the gateway, and nothing else does."""
    with world.fleet.misbehaving("gateway", error_ratio=0.1, error_service="ConflictService"):
        yield


@fault(
    "B3 I5",
    Trial("after_flip_1", _FIRST, HOLD, told="too little traffic for a rate", begins="flipped", stays=True),
    Trial("after_flip_2", _P95, HOLD, told="calls on all replicas, fewer than 100", begins="flipped", stays=True),
    Trial("rollback", _BACK, HOLD, told="too little traffic for a rate", begins="flipped", stays=True),
)
def no_traffic(world: World) -> Iterator[None]:
    """Nobody calls: no request reaches the gateway."""
    with world.fleet.calling(requests_per_minute=0):
        yield


@fault("B3", Trial("baseline", _FIGURES, HOLD, told="requests", lived_s=12 * 60))
def quiet_before_the_flip(world: World) -> Iterator[None]:
    """For a while nobody calls before the first flip, so that there is nothing to compare with later."""
    with world.fleet.calling(requests_per_minute=0):
        yield
    world.advance(12 * 60)


@look_alike(
    "B3",
    Trial("baseline", _FIGURES, lived_s=12 * 60),
    Trial("after_flip_1", _FIRST, begins="flipped", stays=True),
)
def little_traffic(world: World) -> Iterator[None]:
    """A request a second, over all replicas: little, and enough for a rate."""
    with world.fleet.calling(requests_per_minute=60):
        yield


@fault(
    "C4",
    Trial("after_flip_2", _P95, HOLD, told="calls on all replicas, fewer than 100", begins="flipped", stays=True),
)
def few_checks(world: World) -> Iterator[None]:
    """Six governance checks a minute: thirty in five minutes, over all replicas."""
    with world.fleet.calling(_FEW_CHECKS_PER_MINUTE / MIX["upsquad.governance.v1.GovernanceService/Check"]):
        yield


@look_alike(
    "D10",
    Trial("after_flip_1", _FIRST, begins="flipped", stays=True),
    Trial("rollback", _BACK, begins="flipped", stays=True),
)
def errors_within_the_limit(world: World) -> Iterator[None]:
    """One of two thousand requests at the gateway fails, as on any day."""
    with world.fleet.misbehaving("gateway", error_ratio=0.0005):
        yield


@look_alike(
    "D10 I4",
    Trial("after_flip_1", _FIRST, begins="before", stays=True),
    Trial("after_flip_3", _THIRD, begins="before", stays=True),
    Trial("rollback", _BACK, begins="before", stays=True),
)
def errors_before_the_flip(world: World) -> Iterator[None]:
    """Half of the requests at the gateway failed for a minute, and five minutes later the flag was flipped."""
    with world.fleet.misbehaving("gateway", bad_minute=0.5):
        world.advance(60)
    world.advance(5 * 60)
    yield


@look_alike("D10", Trial("after_flip_3", _THIRD, begins="flipped", stays=True))
def calls_that_find_nothing(world: World) -> Iterator[None]:
    """Five in a hundred calls of MemberService answer 404: users ask for members that are gone, which is no error."""
    with world.fleet.misbehaving("gateway", error_ratio=0.05, error_service="MemberService", error_code="not_found"):
        yield
