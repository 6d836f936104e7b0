"""Does governance still allow and deny what it did before the flip?"""

from __future__ import annotations

from collections import Counter

from flipgate.core.facts.verdicts import Check, DenyReading, OtherVerdict, VerdictReading, VerdictSample
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named, numbered, percent
from flipgate.gates.counters import growths, unusable

_VERDICTS = ("ALLOW", "DENY")


@gate
def sample_must_tell_verdicts_apart(its: Observation[VerdictSample], *, checks: int) -> Judgement:
    """Are there enough captured checks to compare with later, of both verdicts?"""
    claim = Claim("captured verdicts", f"at least {numbered(checks, 'check')}, some of them allowed and some denied")
    counted = Counter(check.verdict for check in its.value.checks)
    told = f"{counted['ALLOW']} allowed, {counted['DENY']} denied at {named(its.value.addresses) or 'no address'}"
    if unknown := sorted(set(counted) - set(_VERDICTS)):
        return claim.hold(f"{told}; unknown verdicts: {named(map(repr, unknown))}")
    if counted.total() < max(checks, 2) or not all(counted[verdict] for verdict in _VERDICTS):
        return claim.hold(told)
    return claim.go(told)


@gate
def verdicts_must_equal_the_baseline(its: Observation[VerdictReading]) -> Judgement:
    """Does every address answer every captured check as it was answered before the flip?"""
    reading = its.value
    claim = Claim("verdicts", "those of the baseline, at every address")
    if reading.asked < 1 or not reading.layers:
        return claim.hold("no check was asked again")
    told = f"{numbered(reading.asked, 'check')} at {named(reading.layers)}"
    if reading.differing:
        first = named(map(_told, reading.others))
        return claim.stop(f"{numbered(reading.differing, 'verdict')} changed ({told}): {first}")
    return claim.go(f"{told}, all as before")


@gate
def answers_must_take_layers(its: Observation[VerdictReading], *, layers: int) -> Judgement:
    """Does every address say of each of its answers that it took so many layers?"""
    claim = Claim("layers of the answers", f"{layers} at every address")
    if not its.value.layers:
        return claim.hold("no address answered")
    others = [
        f"{address}: {', '.join(f'{count} answers at {taken}' for taken, count in sorted(counted.items()))}"
        for address, counted in its.value.layers.items()
        if set(counted) != {str(layers)}
    ]
    return claim.hold(named(others)) if others else claim.go(f"{layers} at {named(its.value.layers)}")


@gate
def deny_share_must_not_rise(its: Observation[DenyReading], *, points: float, evaluations: int) -> Judgement:
    """Is the cascade's share of denied checks at most so many percentage points above that of the captured sample?"""
    reading = its.value
    claim = Claim(f"share of DENY ({reading.evaluations.metric})", f"at most {points:g} points above the sample's")
    if its.window is None:
        return claim.hold("the time of the flip is unknown")
    if not 0 <= reading.sample_denied <= reading.sample or reading.sample < 1:
        return claim.hold("no sample of before the flip")
    counted: Counter[str] = Counter()
    for growth in growths(reading.evaluations, its.window):
        counted[growth.labels.get("verdict", "")] += round(growth.amount)
    findings = []
    if unknown := sorted(set(counted) - set(_VERDICTS)):
        findings.append(claim.hold(f"unknown verdicts: {named(map(repr, unknown))}"))
    if broken := [f"{series.labels}" for series in unusable(reading.evaluations)]:
        findings.append(claim.hold(f"no count (NaN, infinite or negative): {named(broken)}"))
    total, before = counted.total(), reading.sample_denied / reading.sample
    if total < max(evaluations, 1):
        findings.append(claim.hold(f"{numbered(total, 'evaluation')}, fewer than {evaluations}"))
        return claim.against(findings, fine="")
    now = counted["DENY"] / total
    told = f"{percent(now)} of {numbered(total, 'evaluation')}, {percent(before)} of the sample of {reading.sample}"
    if (now - before) * 100 > points:
        findings.append(claim.stop(told))
    return claim.against(findings, fine=told)


def _told(other: OtherVerdict) -> str:
    policy = f" by policy {other.policy}" if other.policy else ""
    return f"{_asked(other.asked)} at {other.address}: {other.asked.verdict} before, {other.verdict} now{policy}"


def _asked(check: Check) -> str:
    return f"{check.action} {check.resource} for member {check.member} of {check.tenant}"
