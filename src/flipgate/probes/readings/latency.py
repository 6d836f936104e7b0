"""How long did calls take, by the buckets of the histogram that the environment names?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from flipgate.core.errors import Ambiguous
from flipgate.core.facts.latency import LatencyReading
from flipgate.core.facts.series import HistogramBounds, SeriesSet
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.probes.readings.joined import joined
from flipgate.probes.readings.requests import labels_of
from flipgate.probes.systems import Systems

BucketCounts = Mapping[str, Mapping[str, float]]


def bounds(systems: Systems) -> Observation[HistogramBounds]:
    """Which bucket bounds has the governance histogram now? Errors: NotConfigured, Unreachable, Malformed, NoData."""
    return systems.prometheus.bounds(_histogram(systems))


def latency_counts(systems: Systems, window: Window) -> Observation[dict[str, dict[str, float]]]:
    """How many governance checks fell into which bucket, by series? For the baseline to keep.

    Errors: NotConfigured, Unreachable, Malformed, NoData.
    """
    return systems.prometheus.bucket_growth(_histogram(systems), window)


def buckets(systems: Systems, window: Window) -> Observation[SeriesSet]:
    """Which raw bucket counts has each replica of the governance histogram?

    Unit:    bounds in milliseconds.
    Errors:  NotConfigured, Unreachable, Malformed.
    """
    block = systems.block("services.context-engine", systems.environment.services.get("context-engine"))
    return systems.prometheus.bucket_set(_histogram(systems), block.metrics_job, window)


def bounds_of_requests(systems: Systems) -> Observation[HistogramBounds]:
    """Which bucket bounds has the histogram of requests now? Errors: NotConfigured, Unreachable, Malformed, NoData."""
    return systems.prometheus.bounds(systems.block("ops_view", systems.environment.ops_view).histogram)


def buckets_on(systems: Systems, routes: str, window: Window) -> Observation[SeriesSet]:
    """Which raw bucket counts has each replica on the routes that go by this name?

    Unit:    bounds in milliseconds.
    Errors:  NotConfigured, Unreachable, Malformed.
    """
    block = systems.block("ops_view", systems.environment.ops_view)
    return systems.prometheus.bucket_set(block.histogram, block.job, window, labels_of(block, routes))


def latency(systems: Systems, operation: str, window: Window, before: BucketCounts) -> Observation[LatencyReading]:
    """How did the latencies of an operation spread over the buckets, beside those of the baseline?

    Unit:    bounds in milliseconds.
    Errors:  NotConfigured, Unreachable, Malformed, NoData; Ambiguous where series have different bounds.
    """
    now = latency_counts(systems, window)
    reading = LatencyReading(operation, together(now.value, now.source), together(before, "baseline"))
    return joined(reading, "calls", now, window=window)


def together(counts: BucketCounts, source: str) -> tuple[tuple[float, float], ...]:
    """What do the buckets of all series make together? Cumulative counts by upper bound, ascending.

    Errors: Ambiguous where series have different bounds: such buckets cannot be added.
    """
    if len({frozenset(buckets) for buckets in counts.values()}) > 1:
        raise Ambiguous(source, f"{len(counts)} series have different bucket bounds")
    sums: dict[float, float] = defaultdict(float)
    for buckets in counts.values():
        for bound, count in buckets.items():
            sums[float(bound)] += count
    return tuple(sorted(sums.items()))


def _histogram(systems: Systems) -> str:
    return systems.block("org_v23", systems.environment.org_v23).governance_histogram
