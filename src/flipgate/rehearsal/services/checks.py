"""How checks are measured: a seeded latency on each path, and the breaker of §11 that watches the cascade."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from .breaker import THRESHOLD_S, Breaker
from .governance import CASCADE_LAYERS, Decision
from .metrics import Burst, Latency, Life, Registry, Span

BOUNDS_S = (0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007, 0.01, 0.025, 0.05, 0.1)
COARSE_BOUNDS_S = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1)
LEGACY_P95_S = 0.003
CASCADE = Latency.of_p95(0.0035)
_PART_OF_THE_CASCADE = 0.8


@dataclass
class Slowness:
    """The p95 that checks of the cascade have until a moment; 0 is none."""

    p95_s: float = 0.0
    until: float = 0.0

    def latency(self, at: float) -> Latency:
        return Latency.of_p95(self.p95_s) if self.p95_s and at < self.until else CASCADE


@dataclass
class LivedChecks:
    """The checks of a span, step by step and path by path, and when the breaker tripped in it."""

    legacy: list[Burst] = field(default_factory=list)
    cascade: list[Burst] = field(default_factory=list)
    trips: list[int] = field(default_factory=list)

    @property
    def both(self) -> list[Burst]:
        """A step has the latency of the path that most of its checks took."""
        return [
            Burst(cascade.calls + legacy.calls, max(cascade, legacy, key=lambda burst: burst.calls).latency)
            for cascade, legacy in zip(self.cascade, self.legacy, strict=True)
        ]


class Checks:
    """The metrics of a process's checks, and its breaker."""

    def __init__(self, metrics: Registry, random: Random) -> None:
        self.breaker, self.breaker_is_off, self.slowness = Breaker(), False, Slowness()
        self.legacy = Latency.of_p95(LEGACY_P95_S)
        self._random = random
        histogram = metrics.histogram
        self.duration = histogram("governance_check_duration_seconds", "Duration of a check.", BOUNDS_S)
        self.latency = histogram("governance_check_latency_seconds", "Latency of a check by path.", BOUNDS_S, "layers")
        self.inner = histogram("governance_cascade_duration_seconds", "Duration of the cascade alone.", BOUNDS_S)
        self.evaluations = metrics.counter(
            "governance_cascade_evaluations_total", "Checks of the cascade by verdict.", "verdict"
        )
        self.trips = metrics.counter("governance_cascade_auto_rollback_total", "Trips of the breaker of this process.")

    def born(self) -> None:
        self.duration.born()
        self.inner.born()
        for layers in ("3", "4"):
            self.latency.born(layers)
        for verdict in ("ALLOW", "DENY"):
            self.evaluations.put(0, verdict)
        self.trips.put(0)

    def coarsen(self) -> None:
        """Has no bound between 5 and 10 ms any more, for as long as this process lives."""
        for histogram in (self.duration, self.latency, self.inner):
            histogram.rebuild(COARSE_BOUNDS_S)

    def tell_in(self, unit_of_a_second: float) -> None:
        """Writes its bounds in another unit than seconds, or not quite where they are thought to be."""
        for histogram in (self.duration, self.latency, self.inner):
            histogram.told_in = unit_of_a_second

    def age(self, seconds: float) -> None:
        self.breaker.age(seconds)
        self.slowness.until -= seconds

    def measure(self, decision: Decision) -> bool:
        """Counts one check. Has it tripped the breaker?"""
        at, cascade = time.time(), decision.layers == len(CASCADE_LAYERS)
        latency_s = (self.slowness.latency(at) if cascade else self.legacy).drawn(self._random)
        self.duration.observe(latency_s)
        self.latency.observe(latency_s, str(decision.layers))
        if not cascade:
            return False
        self.inner.observe(latency_s * _PART_OF_THE_CASCADE)
        self.evaluations.add(1, decision.verdict)
        trips = self._watched(at, 1, latency_s > THRESHOLD_S)
        self.trips.add(trips)
        return trips

    def lived(self, span: Span, calls: Sequence[int], cascade_share: float) -> LivedChecks:
        """Which path does each check of the span take? This share the cascade, until the breaker trips."""
        lived = LivedChecks()
        for at, count in zip(span.times(), calls, strict=True):
            # A step that began before the end of the slowness was slow.
            latency, cascade = self.slowness.latency(at - span.step_s), 0
            if not self.breaker.tripped:
                cascade = round(count * cascade_share)
            lived.cascade.append(Burst(cascade, latency))
            lived.legacy.append(Burst(count - cascade, self.legacy))
            lived.trips.append(self._watched(at, cascade, cascade * (1 - latency.share_below(THRESHOLD_S))))
        return lived

    def life(self, lived: LivedChecks, denied: Sequence[int]) -> Life:
        """How does a span grow these metrics, where so many of the cascade's checks were denied step by step?"""
        allowed = [burst.calls - deny for burst, deny in zip(lived.cascade, denied, strict=True)]
        inner = [
            Burst(burst.calls, Latency(burst.latency.median_s * _PART_OF_THE_CASCADE, burst.latency.sigma))
            for burst in lived.cascade
        ]
        return Life(
            {
                self.evaluations.name: {("ALLOW",): allowed, ("DENY",): denied},
                self.trips.name: {(): lived.trips},
            },
            {
                self.duration.name: {(): lived.both},
                self.latency.name: {("3",): lived.legacy, ("4",): lived.cascade},
                self.inner.name: {(): inner},
            },
        )

    def _watched(self, at: float, calls: float, slow: float) -> bool:
        return not self.breaker_is_off and self.breaker.count(at, calls, slow)
