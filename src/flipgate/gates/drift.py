"""Do the legacy and the mirror tables agree, now and over a whole detect interval, as seen by a live reconciler?"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from flipgate.core.facts.drift import DriftReading
from flipgate.core.facts.series import Labels
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.window import Window, spoken
from flipgate.gates.claim import Claim, named, numbered, utc
from flipgate.gates.coverage import holes, moment, past, uncovered

_CLOCKS_AGREE_S = 2.0

_OF_THE_SCRAPE = ("__name__", "instance", "job", "pod", "namespace")
Key = tuple[str, str]


@gate
def every_series_must_be_zero(its: Observation[DriftReading]) -> Judgement:
    """Does every series of the exporter, labelled or not, read 0 now?"""
    claim = Claim("open drift now", "every series of the exporter is 0")
    now = its.value.now
    above = [f"{_series(one.labels)} = {one.value:g}" for one in now if 0 < one.value < math.inf]
    unusable = [f"{_series(one.labels)} = {one.value:g}" for one in now if not 0 <= one.value < math.inf]
    counted = Counter(_series(one.labels) for one in now)
    twice = [series for series, times in counted.items() if times > 1]
    findings = []
    if above:
        findings.append(claim.stop(f"drift in {len(above)} of {len(now)} series: {named(above)}"))
    if unusable:
        findings.append(claim.hold(f"no measure of drift: {named(unusable)}"))
    if twice:
        findings.append(claim.hold(f"exported more than once: {named(twice)}"))
    if not now:
        findings.append(claim.hold("the exporter has no series of drift"))
    return claim.against(findings, fine=f"0 in all {len(now)} series")


@gate
def must_have_been_zero_for_an_interval(its: Observation[DriftReading], *, missed: int = 2) -> Judgement:
    """Was every series 0 at every scrape of one whole detect interval, up to now?"""
    reading = its.value
    claim = Claim(
        "open drift over time", f"0 at every scrape of one detect interval ({_said(reading.detect_interval_s)})"
    )
    if not _interval_is_known(reading):
        return claim.hold("the detect interval is not stated")
    if not reading.now or not reading.history.series:
        silent = "the exporter" if not reading.now else "Prometheus"
        return claim.hold(f"{silent} has no series of drift")
    window = Window.before(its.window.end if its.window else its.taken_at, reading.detect_interval_s)
    findings = [
        *_dirty(claim, reading, window),
        *uncovered(claim, reading.history, window, missed, sliding=True),
        *_gaps(claim, reading, window, missed),
    ]
    return claim.against(findings, fine=f"0 in {numbered(len(reading.history.series), 'series')} over {window}")


@gate
def reconciler_must_be_fresh(its: Observation[DriftReading], *, intervals: float) -> Judgement:
    """Has the reconciler looked lately? A stale exporter reports 0 for ever."""
    reading = its.value
    claim = Claim(
        "reconciler's last pass",
        f"at most {intervals:g} detect intervals old ({_said(reading.detect_interval_s)} each)",
    )
    if reading.last_pass_at is None:
        return claim.hold("its time is not exported")
    if not _interval_is_known(reading):
        return claim.hold("the detect interval is not stated")
    age_s = (its.taken_at - reading.last_pass_at).total_seconds()
    if age_s < -_CLOCKS_AGREE_S:
        return claim.hold(f"in the future, at {utc(reading.last_pass_at)}")
    seen = f"{spoken(max(age_s, 0.0))} old, at {utc(reading.last_pass_at)}"
    return claim.go(seen) if age_s <= intervals * reading.detect_interval_s else claim.hold(seen)


@gate
def every_tenant_must_have_a_series(its: Observation[DriftReading]) -> Judgement:
    """Is every tenant of the database watched, by the exporter now and in the history?"""
    tenants, now = its.value.tenants, {one.labels.get("tenant") for one in its.value.now}
    kept = {series.labels.get("tenant") for series in its.value.history.series if series.samples}
    claim = Claim("tenants watched for drift", "a series for every tenant of the database")
    if not tenants:
        return claim.hold("the database names no tenant")
    findings = []
    if unseen := [tenant for tenant in tenants if tenant not in now]:
        findings.append(claim.hold(f"the exporter has no series of tenant {named(unseen)}"))
    if unkept := [tenant for tenant in tenants if tenant not in kept]:
        findings.append(claim.hold(f"Prometheus has no series of tenant {named(unkept)}"))
    return claim.against(findings, fine=f"all {numbered(len(tenants), 'tenant')}")


@gate
def interval_must_agree(its: Observation[DriftReading]) -> Judgement:
    """Is the declared detect interval the one that the deployment runs with, where that can be read?"""
    reading = its.value
    claim = Claim("detect interval", "declared as deployed, where the deployment's own setting can be read")
    if not _interval_is_known(reading):
        return claim.hold("none is declared")
    declared = f"declared {_said(reading.detect_interval_s)}"
    if reading.deployed_interval_s is None:
        return claim.go(f"{declared}; the deployment's own setting cannot be read")
    seen = f"{declared}, deployed {_said(reading.deployed_interval_s)}"
    return claim.go(seen) if reading.deployed_interval_s == reading.detect_interval_s else claim.hold(seen)


def _said(interval_s: float) -> str:
    return spoken(interval_s) if 0 < interval_s < math.inf else "unknown"


def _interval_is_known(reading: DriftReading) -> bool:
    return 0 < reading.detect_interval_s < math.inf


def _dirty(claim: Claim, reading: DriftReading, window: Window) -> Iterator[Judgement]:
    """Samples other than 0. Only time can end that, unless there is drift now."""
    since, until = window.start.timestamp(), window.end.timestamp()
    last: dict[str, tuple[float, float]] = {}
    for series in reading.history.series:
        bad = [(at, value) for at, value in series.samples if since < at <= until and value != 0]
        if bad:
            last[_series(series.labels)] = bad[-1]
    if last:
        at = moment(max(at for at, _ in last.values()))
        seen = (f"{name} = {value:g}, last at {utc(moment(when))}" for name, (when, value) in last.items())
        clean_now = all(one.value == 0 for one in reading.now)
        yield claim.hold(named(seen), at + timedelta(seconds=window.length_s) if clean_now else None)


def _gaps(claim: Claim, reading: DriftReading, window: Window, missed: int) -> Iterator[Judgement]:
    """Holes in what is known of a tenant's table. A restarted reconciler changes only labels that are not looked at."""
    times: dict[Key, list[float]] = {_key(one.labels): [] for one in reading.now}
    for series in reading.history.series:
        for at, _ in series.samples:
            if window.start.timestamp() <= at <= window.end.timestamp():
                times.setdefault(_key(series.labels), []).append(at)
    for key, sampled in times.items():
        for hole in holes(sampled, window, reading.history.scrape_interval_s, missed):
            seen = f"no samples of {'/'.join(key)} {hole} ({spoken(hole.length_s)})"
            yield claim.hold(seen, past(hole, window))


def _key(labels: Labels) -> Key:
    return labels.get("tenant", "no tenant"), labels.get("table", "no table")


def _series(labels: Labels) -> str:
    """Told by what it is about; which process exports it is in the evidence."""
    shown = ",".join(f'{name}="{value}"' for name, value in sorted(labels.items()) if name not in _OF_THE_SCRAPE)
    return f"{{{shown}}}" if shown else "the series without labels"
