"""Sentences about latency."""

from flipgate.core.facts.latency import LatencyReading
from flipgate.core.facts.latency_samples import LatencySamples
from flipgate.core.facts.series import HistogramBounds, SeriesSet
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.gates import latency, latency_samples
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import latency as reading
from flipgate.probes.readings import latency_samples as sampling


@when("the bounds of the governance histogram are read")
def bounds_read(scene: Scene) -> Observation[HistogramBounds]:
    """Of the histogram that the environment's file names as the live one."""
    return reading.bounds(scene.systems)


@when("the bounds of the histogram of requests are read")
def bounds_of_requests_read(scene: Scene) -> Observation[HistogramBounds]:
    """Of the histogram that the environment's file names."""
    return reading.bounds_of_requests(scene.systems)


@when("the latency on {routes:name} since the flip of {flag:name} is read")
def latency_on_since_flip(scene: Scene, routes: str, flag: str) -> Observation[SeriesSet]:
    """The buckets of the routes that go by this name in the environment's file, sample by sample."""
    return reading.buckets_on(scene.systems, routes, scene.since_flip(flag))


@when("the latency on {routes:name} over the last {length_s:duration} is read")
def latency_on_lately(scene: Scene, routes: str, length_s: float) -> Observation[SeriesSet]:
    """The buckets of the routes that go by this name in the environment's file, sample by sample."""
    return reading.buckets_on(scene.systems, routes, scene.since(length_s))


@then("it has a bound at {bound_ms:ms}")
def bound_at(its: Observation[HistogramBounds], bound_ms: float) -> Judgement:
    """Within 2 %."""
    return latency.bounds_must_include(its, bound_ms=bound_ms)


@when("the latency of {operation:name} over the last {length_s:duration} is read beside the baseline's")
def latency_beside_baseline(scene: Scene, operation: str, length_s: float) -> Observation[LatencyReading]:
    """Calls by bucket, all replicas together."""
    before = scene.recall.reference().latency_counts
    return reading.latency(scene.systems, operation, Window.before(scene.clock.now(), length_s), before)


@then("its p95 is at most one bucket above the baseline's")
def p95_back(its: Observation[LatencyReading]) -> Judgement:
    """A p95 is known as a bucket, never as a point inside one."""
    return latency.p95_must_be_back(its)


@when("the governance latency since the flip of {flag:name} is read")
def latency_since_flip(scene: Scene, flag: str) -> Observation[SeriesSet]:
    """The buckets of the live histogram, sample by sample, with the scrapes behind them."""
    return reading.buckets(scene.systems, scene.since_flip(flag))


@then(
    "its p95 does not stay above {limit_ms:ms} for more than {window_s:duration}, "
    "without minutes of fewer than {minute_samples:count} calls"
)
def p95_does_not_stay(its: Observation[SeriesSet], limit_ms: float, window_s: float, minute_samples: int) -> Judgement:
    """Minute by minute, on each replica and on all together, at any time since the flip."""
    return latency.p95_must_not_stay_above(its, limit_ms=limit_ms, window_s=window_s, minute_samples=minute_samples)


@then("its p95 over the last {window_s:duration} is below {limit_ms:ms}, by at least {samples:count} calls")
def p95_below(its: Observation[SeriesSet], window_s: float, limit_ms: float, samples: int) -> Judgement:
    """By the upper bound of its bucket, on each replica and on all together."""
    return latency.p95_must_be_below(its, limit_ms=limit_ms, window_s=window_s, samples=samples)


@when("the latency of governance checks is sampled, if the environment asks for samples")
def latency_sampled(scene: Scene) -> Observation[LatencySamples]:
    """Calls of its own to each address at a steady rate, between calls that do nothing; else what the histogram has."""
    return sampling.samples(scene.systems)


@then(
    "the p95 of the samples is below {limit_ms:ms} at each address with {confidence_ratio:percent} confidence, "
    "by at least {samples:count} samples"
)
def p95_of_samples(
    its: Observation[LatencySamples], limit_ms: float, confidence_ratio: float, samples: int
) -> Judgement:
    """Without what a call that does nothing takes. Where no samples were asked for, the histogram has series."""
    return latency_samples.p95_of_samples_must_be_below(
        its, limit_ms=limit_ms, confidence_ratio=confidence_ratio, samples=samples
    )
