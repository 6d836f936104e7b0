"""Can the histogram tell the limits apart, and are calls as fast as they have to be?"""

from __future__ import annotations

from flipgate.core.facts.latency import LatencyReading
from flipgate.core.facts.series import HistogramBounds, SeriesSet
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.window import spoken
from flipgate.gates.buckets import calls_in, is_histogram, near, p95_bounds_ms, p95_index, p95_told
from flipgate.gates.claim import Claim, named, numbered
from flipgate.gates.minutes import Minutes


@gate
def bounds_must_include(its: Observation[HistogramBounds], *, bound_ms: float) -> Judgement:
    """Has the histogram a bucket bound at this limit? Between two bounds nothing can be told apart."""
    histogram = its.value
    claim = Claim(f"buckets of {histogram.metric}", f"a bound at {bound_ms:g} ms")
    if histogram.series < 1 or not histogram.layouts_ms:
        return claim.hold("it has no series")
    layouts = sorted(set(histogram.layouts_ms))
    if len(layouts) > 1:
        return claim.hold(f"{len(layouts)} layouts side by side: {named(map(_bounds, layouts))}")
    found = near(layouts[0], bound_ms)
    if found is None:
        return claim.hold(f"no bound near {bound_ms:g} ms: {_bounds(layouts[0])}")
    return claim.go(f"{found:g} ms in {numbered(histogram.series, 'series')}")


@gate
def p95_must_be_back(its: Observation[LatencyReading], *, samples: int = 100) -> Judgement:
    """Is the p95 at most one bucket above the baseline's? It is known as a bucket, never as a point inside one."""
    now, before = its.value.now, its.value.before
    claim = Claim(f"p95 of {its.value.operation}", "at most one bucket above the baseline's")
    for when, buckets in (("now", now), ("at the baseline", before)):
        if not is_histogram(buckets):
            return claim.hold(f"no usable buckets {when}")
        if calls_in(buckets) < max(samples, 1):
            return claim.hold(f"{numbered(calls_in(buckets), 'call')} {when}, fewer than {samples}")
    if [bound for bound, _ in now] != [bound for bound, _ in before]:
        return claim.hold("the bucket bounds differ from the baseline's")
    seen = f"{p95_told(now)}, {p95_told(before)} at the baseline, {numbered(calls_in(now), 'call')}"
    if p95_index(now) > p95_index(before) + 1:
        return claim.stop(seen)
    beyond = p95_index(now) == len(now) - 1
    return claim.hold(f"{seen}: slower than the last bound can tell") if beyond else claim.go(seen)


@gate
def p95_must_not_stay_above(
    its: Observation[SeriesSet], *, limit_ms: float, window_s: float, minute_samples: int
) -> Judgement:
    """Did the p95 ever stay above its limit for longer than this, on one replica or on all together?

    Minute by minute since the flip; a minute with fewer samples neither counts nor ends what came before.
    """
    claim = Claim(f"p95 by minute ({its.value.metric})", f"not above {limit_ms:g} ms for more than {spoken(window_s)}")
    if its.window is None:
        return claim.hold("the time of the flip is unknown")
    minutes = Minutes(its.value, its.window, minute_samples)
    most = int(window_s / 60)
    sure, perhaps = minutes.longest_above(limit_ms), minutes.longest_above(limit_ms, perhaps=True)
    findings = [claim.hold(problem) for problem in minutes.problems(limit_ms)]
    if len(sure) > most:
        findings.append(claim.stop(f"{sure}"))
    elif len(perhaps) > most:
        findings.append(claim.hold(f"perhaps {perhaps}"))
    return claim.against(findings, fine=f"at its longest {sure} (of at most {most}); {minutes}")


@gate
def p95_must_be_below(its: Observation[SeriesSet], *, limit_ms: float, window_s: float, samples: int) -> Judgement:
    """Is the p95 of the window's end known to be below its target, on every replica and on all together?"""
    claim = Claim(f"p95 ({its.value.metric})", f"below {limit_ms:g} ms over the last {spoken(window_s)}")
    if its.window is None:
        return claim.hold("the time of the flip is unknown")
    minutes = Minutes(its.value, its.window, samples)
    findings = [claim.hold(problem) for problem in minutes.problems()]
    told = []
    for who, buckets in minutes.last(window_s).items():
        calls = calls_in(buckets)
        if calls < max(samples, 1):
            findings.append(claim.hold(f"{numbered(calls, 'call')} on {who}, fewer than {samples}"))
            continue
        if not is_histogram(buckets):
            findings.append(claim.hold(f"the buckets of {who} contradict each other"))
            continue
        told.append(f"{p95_told(buckets)} on {who} ({numbered(calls, 'call')})")
        low_ms, high_ms = p95_bounds_ms(buckets)
        if high_ms > (near([high_ms], limit_ms) or limit_ms):
            findings.append(claim.stop(told[-1]) if low_ms >= limit_ms else claim.hold(told[-1]))
    return claim.against(findings, fine=named(told))


def _bounds(layout: tuple[float, ...]) -> str:
    return "/".join(f"{bound:g}" for bound in layout) + " ms"
