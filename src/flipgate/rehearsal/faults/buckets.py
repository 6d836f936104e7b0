"""The bounds of the governance histograms: what cannot be told apart, and what can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, Trial, fault, look_alike
from flipgate.rehearsal.components.rules import DETECT_INTERVAL_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_P95 = "The p95 of governance checks keeps its limit on the cascade"
_BOUNDS = "The governance histogram has a bound at each limit"
_STALE_S = 6 * 60  # what was scraped earlier is not of now any more


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


@fault("C1", Trial("after_flip_2", _P95, HOLD, told="no bound near 7 ms", begins="before", stays=True))
def slow_behind_coarse_buckets(world: World) -> Iterator[None]:
    """Checks take 7.5 ms at their p95 on the cascade, in a bucket of 5 to 10 ms that would hold 5.1 ms as well."""
    with world.fleet.misbehaving("context-engine", slow_p95_ms=7.5, slow_minutes=120.0, breaker_off=True):
        world.fleet.behave("context-engine", coarse_buckets=True)
        yield
    for pod in range(3):
        world.fleet.restart("context-engine", pod)


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


@look_alike(
    "B17 C2 C7",
    Trial("preflight", _BOUNDS, lived_s=_STALE_S),
    Trial("after_flip_2", _P95, begins="before", also=("No replica came near to a trip",), stays=True),
)
def bounds_within_2_percent(world: World) -> Iterator[None]:
    """The bounds of the histograms of governance are told as 5.05 and 7.07 ms: one percent off, near enough."""
    with world.fleet.misbehaving("context-engine", told_in=1.01):
        yield
    world.advance(_STALE_S)
