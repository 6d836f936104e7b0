"""The four-layer cascade behind the second flip: its latency, and its breaker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal import late, lines
from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault, look_alike
from flipgate.rehearsal.services.load import MIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_P95 = "The p95 of governance checks keeps its limit on the cascade"
_PATHS = "Four layers take the traffic of every replica, three take none"
_BREAKER = "No breaker has tripped, and none hides behind the flag"
_NEAR = "No replica came near to a trip"
_SOAKED = "No breaker tripped in the soak"
_FEW_CHECKS_PER_MINUTE = 12  # over all replicas; a minute of fewer than 20 is neutral


@fault("", Trial("after_flip_2", _P95, HOLD, told="below 5 ms over the last 5 min", begins="flipped", stays=True))
def cascade_p95_6_ms(world: World) -> Iterator[None]:
    """Governance checks take 6 ms at their p95 on the cascade: the target is missed, the hard stop is not met."""
    with world.fleet.misbehaving("context-engine", slow_p95_ms=6.0, slow_minutes=120.0):
        yield


@fault("", Trial("after_flip_2", _P95, HOLD, told="below 5 ms over the last 5 min", begins="flipped", stays=True))
def slow_cascade_for_3_minutes(world: World) -> Iterator[None]:
    """Governance checks take 7.5 ms at their p95 on the cascade, for three minutes."""
    with world.fleet.misbehaving("context-engine", slow_p95_ms=7.5, slow_minutes=3.0):
        yield


@fault(
    "",
    Trial("after_flip_2", _P95, STOP, told="minutes in a row on", begins="flipped", lived_s=120, stays=True),
    Trial("after_flip_2", _NEAR, HOLD, begins="flipped", lived_s=120, stays=True),
)
def slow_cascade_without_breaker(world: World) -> Iterator[None]:
    """Governance checks take 7.5 ms at their p95 for seven minutes, and no breaker is on."""
    with world.fleet.misbehaving("context-engine", slow_p95_ms=7.5, slow_minutes=7.0, breaker_off=True):
        yield


@fault(
    "D1", Trial("after_flip_2", _BREAKER, STOP, told="no flip reaches it", begins="flipped", lived_s=120, stays=True)
)
def tripped_breaker(world: World) -> Iterator[None]:
    """The cascade is too slow on one replica for seven minutes, so its breaker takes it back to three layers."""
    world.fleet.behave("context-engine", pod=0, slow_p95_ms=7.5, slow_minutes=7.0)
    yield
    # As the operator does after having found the cause (§11.4).
    world.fleet.restart("context-engine", pod=0)


@fault("D1", Trial("soak", _SOAKED, STOP, told="no flip reaches it", lived_s=480))
def tripped_in_the_soak(world: World) -> None:
    """The breaker of one replica trips in the soak. What it logs stays true until the second flip is made anew."""
    world.fleet.behave("context-engine", pod=0, slow_p95_ms=7.5, slow_minutes=7.0)


@fault("B10 D2", Trial("after_flip_2", _BREAKER, STOP, told="logged a trip", begins="flipped", stays=True))
def tripped_and_restarted(world: World) -> Iterator[None]:
    """The breaker of one replica tripped, and the pod was restarted: its counter is 0 again, it takes four layers."""
    world.fleet.behave("context-engine", pod=0, slow_p95_ms=7.5, slow_minutes=7.0)
    world.advance(7 * 60)
    world.fleet.restart("context-engine", pod=0)
    yield


@fault("C3", Trial("after_flip_2", _P95, STOP, told="minutes in a row on", begins="flipped", lived_s=120, stays=True))
def beyond_the_last_bucket(world: World) -> Iterator[None]:
    """Checks take a quarter of a second at their p95, more than the last finite bucket of 100 ms can tell."""
    with world.fleet.misbehaving("context-engine", slow_p95_ms=250.0, slow_minutes=7.0, breaker_off=True):
        yield


@fault(
    "C5",
    Trial(
        "after_flip_2",
        _P95,
        STOP,
        told="in a row on context-engine-6b8f7d9c5-h2v8s",
        begins="flipped",
        lived_s=120,
        stays=True,
    ),
)
def slow_on_one_replica(world: World) -> Iterator[None]:
    """One replica of three takes 7.5 ms at its p95 for seven minutes, its breaker off; all together stay below 7 ms."""
    with world.fleet.misbehaving("context-engine", pod=1, slow_p95_ms=7.5, slow_minutes=7.0, breaker_off=True):
        yield


@look_alike("C5", Trial("after_flip_2", _P95, begins="flipped", stays=True))
def a_little_slower_on_one_replica(world: World) -> Iterator[None]:
    """One replica is five percent slower than the others, in bounds."""
    with world.fleet.misbehaving("context-engine", pod=1, slow_p95_ms=3.7, slow_minutes=120.0):
        yield


@look_alike("C10", Trial("after_flip_2", _P95, begins="flipped", also=(_NEAR,), stays=True))
def cold_start(world: World) -> Iterator[None]:
    """The first half minute on the cascade is slow: caches are cold. What follows is fast."""
    with world.fleet.misbehaving("context-engine", slow_p95_ms=7.5, slow_minutes=0.5):
        yield


@fault("D3", Trial("after_flip_2", _PATHS, HOLD, begins="flipped", stays=True))
def half_open_breaker(world: World) -> Iterator[None]:
    """A breaker lets one check in ten onto the cascade, and sends the others the old way."""
    with world.fleet.misbehaving("context-engine", half_open=True):
        yield


@look_alike("D2", Trial("after_flip_2", _BREAKER, begins="before", stays=True))
def restarted_before_the_flip(world: World) -> Iterator[None]:
    """One replica of context-engine was restarted before the flip."""
    world.fleet.restart("context-engine", pod=1)
    yield


@look_alike("C4", Trial("after_flip_2", _NEAR, begins="flipped", also=(_P95, _BREAKER), stays=True))
def slow_minutes_of_few_checks(world: World) -> Iterator[None]:
    """For seven minutes nearly nobody asks, and the few checks take 7.5 ms at their p95: too few for the breaker."""
    calls_per_minute = _FEW_CHECKS_PER_MINUTE / MIX["upsquad.governance.v1.GovernanceService/Check"]
    slow = world.fleet.misbehaving("context-engine", slow_p95_ms=7.5, slow_minutes=7.0)
    with world.fleet.calling(calls_per_minute), slow:
        world.advance(7 * 60)
    yield


@look_alike("A7", Trial("after_flip_2", _PATHS, begins="flipped", stays=True))
def cascade_replica_that_follows_in_time(world: World) -> Iterator[None]:
    """One replica of context-engine took three layers for the 29 s that its flag cache lasts, and then four."""
    late.followed(world, "cascade_4layer", "context-engine", pod=2)
    yield


@look_alike("D1", Trial("soak", _SOAKED))
def slow_for_3_minutes_of_the_soak(world: World) -> Iterator[None]:
    """The cascade was slow for three minutes of the soak; no breaker trips by that, and one logs what it is set to."""
    with world.fleet.misbehaving("context-engine", slow_p95_ms=7.5, slow_minutes=3.0):
        world.advance(10 * 60)
    lines.write(world, "context-engine", "INFO", "governance.cascade.breaker.armed", "trips after 5 minutes above 7 ms")
    yield
