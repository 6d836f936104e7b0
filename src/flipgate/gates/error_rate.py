"""Did requests fail more often than they may, in any stretch that the scrapes resolve?

Raw cumulative counters are judged, with the labels `code`, `service` and `instance`; an error is a 5xx. Neither a long
window's mean nor a minute of three requests decides alone: every sliding window counts, and every minute, joined with
its neighbours until it has enough requests to have a rate.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from flipgate.core.facts.series import SeriesSet
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.window import spoken
from flipgate.gates.claim import Claim, named, numbered, percent, utc
from flipgate.gates.counters import unusable
from flipgate.gates.coverage import uncovered
from flipgate.gates.timeline import Span, Timeline

_MISSED_SCRAPES = 2
_HTTP_STATUS = re.compile(r"[1-5][0-9]{2}")


@gate
def must_stay_below(
    its: Observation[SeriesSet], *, limit_ratio: float, window_s: float, minute_requests: int
) -> Judgement:
    """Did the error rate stay below its limit, in every window of this length and every minute, since the flip?

    The observation's window begins at the flip. What has elapsed of it is judged at once; GO needs all of it.
    """
    limit = f"below {percent(limit_ratio)} in every {spoken(window_s)} and every minute since the flip"
    claim = Claim(f"error rate ({its.value.metric})", limit)
    if its.window is None:
        return claim.hold("the time of the flip is unknown")
    timeline = Timeline(its.value, its.window)
    spans = (*timeline.sliding(window_s), *timeline.minutes(minute_requests))
    bad = [span for span in spans if span.ratio >= limit_ratio]
    findings = [
        *_worst(claim, timeline, (span for span in bad if span.requests >= minute_requests)),
        *_too_few(claim, timeline.last(window_s), minute_requests),
        *_too_few(claim, max(bad, key=lambda span: span.ratio, default=None), minute_requests),
        *_unreadable(claim, its.value),
        *uncovered(claim, its.value, its.window, _MISSED_SCRAPES),
    ]
    if its.window.length_s < window_s:
        passed = f"{spoken(its.window.length_s)} of {spoken(window_s)} have passed, {timeline.whole.told()}"
        findings.append(claim.hold(passed, its.window.start + timedelta(seconds=window_s)))
    highest = max(span.ratio for span in spans)
    return claim.against(findings, fine=f"{timeline.whole.told()} over {its.window}; at its highest {percent(highest)}")


@gate
def every_service_must_stay_below(
    its: Observation[SeriesSet], *, limit_ratio: float, window_s: float, minute_requests: int
) -> Judgement:
    """Did each service by itself stay below the limit? The gateway's mean hides a path that fails alone.

    A service without an error is fine however few its requests: that there were enough is the whole gateway's claim.
    """
    limit = f"each below {percent(limit_ratio)} in every {spoken(window_s)} and every minute since the flip"
    claim = Claim(f"error rate by service ({its.value.metric})", limit)
    if its.window is None:
        return claim.hold("the time of the flip is unknown")
    services = sorted({series.labels.get("service", "") for series in its.value.series})
    findings = list(_unreadable(claim, its.value))
    for service in services:
        timeline = Timeline(its.value, its.window, service)
        spans = (*timeline.sliding(window_s), *timeline.minutes(minute_requests))
        bad = [span for span in spans if span.ratio >= limit_ratio]
        findings += _worst(claim, timeline, (span for span in bad if span.requests >= minute_requests))
        findings += _too_few(claim, max(bad, key=lambda span: span.ratio, default=None), minute_requests)
    if not services:
        findings.append(claim.hold("no service was called"))
    return claim.against(findings, fine=f"{named(services)}: none above it over {its.window}")


@gate
def must_have_traffic(its: Observation[SeriesSet], *, requests: int) -> Judgement:
    """Were there enough requests in the window for a rate to mean anything?"""
    claim = Claim(f"traffic ({its.value.metric})", f"at least {numbered(requests, 'request')} in the window")
    if its.window is None:
        return claim.hold("its window is not stated")
    seen = Timeline(its.value, its.window).whole.requests
    told = f"{numbered(seen, 'request')} over {its.window}"
    findings = list(_unreadable(claim, its.value))
    if seen < max(requests, 1):
        findings.append(claim.hold(told))
    return claim.against(findings, fine=told)


@gate
def must_have_rebounded(
    its: Observation[SeriesSet], *, limit_ratio: float, window_s: float, minute_requests: int = 100
) -> Judgement:
    """Is the error rate back below its limit for one whole window since the flip back, and how long did that take?

    The observation's window begins at the flip back. STOP if a whole window later the newest minutes are still bad.
    """
    claim = Claim(
        f"error rate ({its.value.metric})", f"below {percent(limit_ratio)} for {spoken(window_s)} after the flip back"
    )
    if its.window is None:
        return claim.hold("the time of the flip back is unknown")
    timeline, length = Timeline(its.value, its.window), timedelta(seconds=window_s)
    minutes = timeline.minutes(minute_requests)
    bad = [span for span in minutes if span.ratio >= limit_ratio]
    clean_since = bad[-1].until if bad else its.window.start
    took = spoken((clean_since - its.window.start).total_seconds())
    rebound = f"the last bad minute ended {took} after the flip back" if bad else "no bad minute since the flip back"
    last = timeline.last(window_s)
    findings = [
        *_too_few(claim, last, minute_requests),
        *_unreadable(claim, its.value),
        *uncovered(claim, its.value, its.window, _MISSED_SCRAPES),
    ]
    if bad and bad[-1] == minutes[-1] and its.window.length_s >= window_s:
        return _failed(claim, timeline, bad[-1])
    if clean_since + length > its.window.end:
        ready_at = clean_since + length
        findings.append(claim.hold(f"{rebound}; one whole window is over at {utc(ready_at)}", ready_at))
    elif last.ratio >= limit_ratio:
        findings.append(claim.hold(f"{last.told()} {last}"))
    return claim.against(findings, fine=f"{last.told()} {last}; {rebound}")


def _worst(claim: Claim, timeline: Timeline, bad: Iterable[Span]) -> Iterator[Judgement]:
    worst = max(bad, key=lambda span: span.ratio, default=None)
    if worst:
        yield _failed(claim, timeline, worst)


def _failed(claim: Claim, timeline: Timeline, span: Span) -> Judgement:
    return claim.stop(f"{span.told()} {span}: {timeline.offenders(span)}")


def _too_few(claim: Claim, span: Span | None, minute_requests: int) -> Iterator[Judgement]:
    if span and span.requests < max(minute_requests, 1):
        yield claim.hold(f"too little traffic for a rate: {span.told()} {span}")


def _unreadable(claim: Claim, counters: SeriesSet) -> Iterator[Judgement]:
    if broken := [f"{series.labels}" for series in unusable(counters)]:
        yield claim.hold(f"no count (NaN, infinite or negative): {named(broken)}")
    codes = {series.labels.get("code", "") for series in counters.series}
    if unknown := sorted(repr(code) for code in codes if not _HTTP_STATUS.fullmatch(code)):
        yield claim.hold(f"no HTTP status, so neither error nor success: {named(unknown)}")
