"""Has the breaker of §11 taken a replica off the cascade, does one hide behind the flag, and how near did one come?"""

from __future__ import annotations

from collections.abc import Iterator

from flipgate.core.facts.breaker import UNTOLD, BreakerReading
from flipgate.core.facts.series import SeriesSet
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named, numbered, utc
from flipgate.gates.counters import growths, unusable
from flipgate.gates.coverage import replica, uncovered
from flipgate.gates.minutes import Minutes

_MISSED_SCRAPES = 2


@gate
def breaker_must_not_have_tripped(its: Observation[BreakerReading]) -> Judgement:
    """Has no replica's breaker tripped since the flip, by its counter's samples and by its log?

    A restart clears both the trip and the counter: what came before it is told by the log of the container before.
    """
    reading, window = its.value, its.window
    claim = Claim("breaker of the cascade", "no trip on any replica since the flip")
    if window is None:
        return claim.hold("the time of the flip is unknown")
    findings = [
        *(
            claim.stop(f"{replica(rise.labels)} counted {rise.amount:g} more")
            for rise in growths(reading.trips, window)
        ),
        *(claim.stop(f"{log.pod} logged a trip at {utc(at)}") for log in reading.replicas for at in log.tripped_at),
        *_unseen(claim, its),
    ]
    restarted = [f"{log.pod} at {utc(log.started_at)}" for log in reading.replicas if log.restart and log.started_at]
    told = f"restarted meanwhile, without a trip before: {named(restarted)}" if restarted else "no restart"
    return claim.against(findings, fine=f"none on {numbered(len(reading.replicas), 'replica')} over {window}; {told}")


@gate
def flag_must_not_hide_a_trip(its: Observation[BreakerReading]) -> Judgement:
    """Does the flag read true while a replica reports a trip (§11.4)? Its own breaker wins over every surface."""
    reading = its.value
    claim = Claim("a trip behind the flag", "no replica reports a trip while the flag reads true")
    values = {replica(series.labels): series.samples[-1][1] for series in reading.trips.series if series.samples}
    findings = [
        claim.stop(
            f"the flag reads true while {who} reports a trip ({value:g}): no flip reaches it. Find the cause, try the "
            "mending in a canary replica, then restart the pod (§11.4)"
        )
        for who, value in values.items()
        if value > 0 and reading.flag == "true"
    ]
    if reading.flag not in ("true", "false"):
        findings.append(claim.hold("the flag's surfaces do not agree on a value"))
    if len(values) < max(reading.trips.targets, 1):
        findings.append(claim.hold(f"{len(values)} of {reading.trips.targets} replicas have the counter"))
    if broken := [replica(series.labels) for series in unusable(reading.trips)]:
        findings.append(claim.hold(f"no count (NaN, infinite or negative) on {named(broken)}"))
    return claim.against(findings, fine=f"the flag reads {reading.flag}; the counter is 0 on {named(values)}")


@gate
def breaker_must_have_kept_its_distance(
    its: Observation[SeriesSet], *, limit_ms: float, minutes: int, minute_samples: int
) -> Judgement:
    """Played through the breaker's own rule, how near did the minutes of any replica come to a trip?"""
    claim = Claim(
        "distance to the breaker", f"fewer than {minutes} minutes in a row above {limit_ms:g} ms on a replica"
    )
    if its.window is None:
        return claim.hold("the time of the flip is unknown")
    counted = Minutes(its.value, its.window, minute_samples)
    longest = counted.longest_above(limit_ms, perhaps=True, each=True)
    findings = [claim.hold(problem) for problem in counted.problems(limit_ms)]
    if len(longest) >= minutes:
        findings.append(claim.hold(f"{longest}: a breaker that is on trips then"))
    return claim.against(findings, fine=f"{longest}, of {minutes}; {counted}")


def _unseen(claim: Claim, its: Observation[BreakerReading]) -> Iterator[Judgement]:
    trips, replicas = its.value.trips, its.value.replicas
    if len(trips.series) < max(trips.targets, 1):
        yield claim.hold(f"{len(trips.series)} of {trips.targets} replicas have the counter")
    if broken := [replica(series.labels) for series in unusable(trips)]:
        yield claim.hold(f"no count (NaN, infinite or negative) on {named(broken)}")
    yield from uncovered(claim, trips, its.window, _MISSED_SCRAPES)
    if len(replicas) < max(trips.targets, 1):
        yield claim.hold(f"{len(replicas)} of {trips.targets} replicas have a log")
    for log in replicas:
        if log.started_at is None:
            yield claim.hold(f"{log.pod} does not run")
        if log.restart == UNTOLD:
            started = utc(log.started_at) if log.started_at else "an unknown time"
            yield claim.hold(f"{log.pod} started at {started}, after the flip, and the log of before is lost")
        if log.malformed:
            yield claim.hold(f"{numbered(log.malformed, 'line')} of {log.pod} cannot be read")
