"""The four-layer cascade behind the second flip: its latency, its breaker, its verdicts, its conflicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault, look_alike
from flipgate.rehearsal.components.rules import DETECT_INTERVAL_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_P95 = "The p95 of governance checks keeps its limit on the cascade"
_BOUNDS = "The governance histogram has a bound at each limit"
_PATHS = "Four layers take the traffic of every replica, three take none"
_STALE_S = 6 * 60  # what was scraped earlier is not of now any more
_BREAKER = "No breaker has tripped, and none hides behind the flag"


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
    Trial("after_flip_2", "No replica came near to a trip", HOLD, begins="flipped", lived_s=120, stays=True),
)
def slow_cascade_without_breaker(world: World) -> Iterator[None]:
    """Governance checks take 7.5 ms at their p95 for six minutes, and no breaker is on."""
    with world.fleet.misbehaving("context-engine", slow_p95_ms=7.5, slow_minutes=6.0, breaker_off=True):
        yield


@fault(
    "C2 B17",
    Trial("preflight", "The governance histogram has a bound at each limit", HOLD, told="7 ms", lived_s=60),
    Trial("after_flip_2", _P95, HOLD, told="no bound near 7 ms", begins="before", stays=True),
    Trial("rollback", "Governance latency is back where it was", HOLD, begins="before", stays=True),
)
def coarse_governance_buckets(world: World) -> Iterator[None]:
    """The histograms of governance have no bound between 5 and 10 ms: 5 and 7 ms cannot be told apart."""
    world.fleet.behave("context-engine", coarse_buckets=True)
    yield
    for pod in range(3):
        world.fleet.restart("context-engine", pod)


@fault(
    "D1",
    Trial("after_flip_2", _BREAKER, STOP, told="no flip reaches it", begins="flipped", lived_s=120, stays=True),
    Trial("soak", "No breaker tripped in the soak", STOP, told="no flip reaches it", lived_s=480, stays=True),
)
def tripped_breaker(world: World) -> Iterator[None]:
    """The cascade is too slow on one replica for six minutes, so its breaker takes it back to three layers."""
    world.fleet.behave("context-engine", pod=0, slow_p95_ms=7.5, slow_minutes=6.0)
    yield
    # As the operator does after having found the cause (§11.4).
    world.fleet.restart("context-engine", pod=0)


@fault("B10 D2", Trial("after_flip_2", _BREAKER, STOP, told="logged a trip", begins="flipped", stays=True))
def tripped_and_restarted(world: World) -> Iterator[None]:
    """The breaker of one replica tripped, and the pod was restarted: its counter is 0 again, it takes four layers."""
    world.fleet.behave("context-engine", pod=0, slow_p95_ms=7.5, slow_minutes=6.0)
    world.advance(7 * 60)
    world.fleet.restart("context-engine", pod=0)
    yield


@fault(
    "",
    Trial(
        "after_flip_2",
        "The second flip brings no spike of policy conflicts",
        STOP,
        told="expected by the baseline's",
        begins="flipped",
        lived_s=360,
        stays=True,
    ),
)
def policy_conflicts_spike(world: World) -> Iterator[None]:
    """The cascade finds sixty times as many policy conflicts as were found before."""
    with world.fleet.misbehaving("context-engine", conflicts_per_hour=180.0):
        yield


@fault(
    "",
    Trial(
        "after_flip_2",
        "The cascade denies no greater share than before",
        STOP,
        told="share of DENY",
        begins="flipped",
        stays=True,
    ),
    Trial("after_flip_2", "The second flip changes no verdict", STOP, begins="flipped", stays=True),
)
def cascade_denies_exports(world: World) -> Iterator[None]:
    """The cascade denies every export, which the three layers mostly allowed."""
    with world.fleet.misbehaving("context-engine", denies="export"):
        yield


@fault("C1", Trial("after_flip_2", _P95, HOLD, told="no bound near 7 ms", begins="before", stays=True))
def slow_behind_coarse_buckets(world: World) -> Iterator[None]:
    """Checks take 7.5 ms at their p95 on the cascade, in a bucket of 5 to 10 ms that would hold 5.1 ms as well."""
    with world.fleet.misbehaving("context-engine", slow_p95_ms=7.5, slow_minutes=120.0, breaker_off=True):
        world.fleet.behave("context-engine", coarse_buckets=True)
        yield
    for pod in range(3):
        world.fleet.restart("context-engine", pod)


@fault("C3", Trial("after_flip_2", _P95, STOP, told="minutes in a row on", begins="flipped", lived_s=120, stays=True))
def beyond_the_last_bucket(world: World) -> Iterator[None]:
    """Checks take a quarter of a second at their p95, more than the last finite bucket of 100 ms can tell."""
    with world.fleet.misbehaving("context-engine", slow_p95_ms=250.0, slow_minutes=6.0, breaker_off=True):
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
    """One replica of three takes 7.5 ms at its p95 for six minutes, its breaker off; all together stay below 7 ms."""
    with world.fleet.misbehaving("context-engine", pod=1, slow_p95_ms=7.5, slow_minutes=6.0, breaker_off=True):
        yield


@look_alike("C5", Trial("after_flip_2", _P95, begins="flipped", stays=True))
def a_little_slower_on_one_replica(world: World) -> Iterator[None]:
    """One replica is five percent slower than the others, in bounds."""
    with world.fleet.misbehaving("context-engine", pod=1, slow_p95_ms=3.7, slow_minutes=120.0):
        yield


@look_alike("C10", Trial("after_flip_2", _P95, begins="flipped", stays=True))
def cold_start(world: World) -> Iterator[None]:
    """The first half minute on the cascade is slow: caches are cold. What follows is fast."""
    with world.fleet.misbehaving("context-engine", slow_p95_ms=7.5, slow_minutes=0.5):
        yield


@fault("C6", Trial("preflight", _BOUNDS, HOLD, told="2 layouts side by side", lived_s=_STALE_S))
def two_bucket_layouts(world: World) -> Iterator[None]:
    """One replica of context-engine has other buckets than the others, as in the middle of a rollout."""
    world.fleet.behave("context-engine", pod=0, coarse_buckets=True)
    yield
    world.fleet.restart("context-engine", pod=0)
    # A restart inside of the drift's window withholds GO.
    world.advance(DETECT_INTERVAL_S + 60)


@fault("C7", Trial("preflight", _BOUNDS, HOLD, told="no bound near 5 ms", lived_s=_STALE_S))
def buckets_in_milliseconds(world: World) -> Iterator[None]:
    """The histogram of checks is written in milliseconds, under a name that says seconds."""
    with world.fleet.misbehaving("context-engine", told_in=1000.0):
        yield
    world.advance(_STALE_S)


@fault("D3", Trial("after_flip_2", _PATHS, HOLD, begins="flipped", stays=True))
def half_open_breaker(world: World) -> Iterator[None]:
    """A breaker lets one check in ten onto the cascade, and sends the others the old way."""
    with world.fleet.misbehaving("context-engine", half_open=True):
        yield


@fault("F6", Trial("after_flip_2", "The second flip changes no verdict", STOP))
def no_verdict_in_the_answer(world: World) -> Iterator[None]:
    """The cascade leaves the verdict unset: on the wire that is the first value of the enumeration, "unspecified"."""
    with world.fleet.misbehaving("context-engine", no_verdict=True):
        yield


@look_alike("D2", Trial("after_flip_2", _BREAKER, begins="before", stays=True))
def restarted_before_the_flip(world: World) -> Iterator[None]:
    """One replica of context-engine was restarted before the flip."""
    world.fleet.restart("context-engine", pod=1)
    yield
