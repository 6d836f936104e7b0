"""Is a flag in force in every process of a deployment, and how long did a restart take?

A flag of the process environment is read once. A replica that nobody restarted goes on with the old value, and one that
no address leads to is not looked at unless the cluster names it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from flipgate.core.errors import visible
from flipgate.core.facts.replicas import FlagsInForce, Served
from flipgate.core.facts.series import SeriesSet
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.window import spoken
from flipgate.gates.claim import Claim, named, numbered, utc
from flipgate.gates.coverage import moment, target


@gate
def every_pod_must_answer(its: Observation[FlagsInForce]) -> Judgement:
    """Has every pod that the cluster knows answered by itself, and nobody else?"""
    claim = Claim("replicas that answer", "every pod of the deployment by itself, and no other")
    served, pods = [one.pod for one in its.value.served], its.value.pods
    if not pods or not served:
        return claim.hold("no pod, or no answer")
    findings = []
    if unseen := sorted(set(pods) - set(served)):
        findings.append(claim.hold(f"no address of the environment's file leads to {named(unseen)}"))
    if strangers := sorted(set(served) - set(pods)):
        findings.append(claim.hold(f"the cluster knows no pod {named(strangers)}, which answers"))
    if twice := sorted({pod for pod in served if served.count(pod) > 1}):
        findings.append(claim.hold(f"two addresses lead to {named(twice)}"))
    return claim.against(findings, fine=named(sorted(served)))


@gate
def each_must_serve_its_boot_record(its: Observation[FlagsInForce]) -> Judgement:
    """Does each replica serve exactly what it logged when it started? A value that changed since has another source."""
    claim = Claim("flags served", "what the replica logged at its start, flag by flag")
    if not its.value.served:
        return claim.hold("no replica answers")
    findings = [claim.hold(problem) for one in its.value.served for problem in _contradictions(its.value, one)]
    return claim.against(findings, fine=named(_told(one) for one in its.value.served))


@gate
def each_must_have_started_after_the_flip(its: Observation[FlagsInForce]) -> Judgement:
    """Did each process start after the old value was last seen? One that is older was not restarted by the flip."""
    flip = its.value.flip
    claim = Claim("start of each process", "after the old value of the flag was seen last")
    if flip is None or flip.at is None:
        return claim.hold("when the flag was flipped is unknown")
    if not its.value.served:
        return claim.hold("no replica answers")
    last = flip.not_before or flip.at
    old = [one for one in its.value.served if one.started_at <= last]
    findings = [claim.hold(f"{one.pod} runs since {utc(one.started_at)}, not after {utc(last)}") for one in old]
    return claim.against(findings, fine=named(f"{one.pod} at {utc(one.started_at)}" for one in its.value.served))


@gate
def each_must_have_served_for(its: Observation[FlagsInForce], *, length_s: float) -> Judgement:
    """Has each process served the flag's new value for so long, without a restart in between?"""
    flip = its.value.flip
    flag = flip.flag if flip else "the flag"
    claim = Claim(f'"{flag}" in force', f"on every replica for at least {spoken(length_s)}, without a restart")
    if flip is None or flip.at is None or flip.value != "true":
        return claim.hold(f'when "{flag}" was flipped to true is unknown')
    if not its.value.served:
        return claim.hold("no replica answers")
    findings = []
    for one in its.value.served:
        since = max(one.started_at, flip.at)
        passed_s = (its.taken_at - since).total_seconds()
        if one.values.get(flag) != "true":
            findings.append(claim.hold(f"{one.pod} serves {one.values.get(flag, 'nothing')}"))
        elif passed_s < length_s:
            ready_at = since + timedelta(seconds=length_s)
            findings.append(claim.hold(f"{one.pod} for {spoken(max(passed_s, 0))}, since {utc(since)}", ready_at))
    return claim.against(findings, fine=f"on {numbered(len(its.value.served), 'replica')} since {utc(flip.at)}")


@gate
def restart_must_be_quick(its: Observation[SeriesSet], *, limit_s: float) -> Judgement:
    """Was every replica back within this time, from the last scrape of the first to go to the first of the last back?

    Between two scrapes nobody looked: a restart took at most what lies between those two, and at the least two scrape
    intervals less.
    """
    claim = Claim("restart of all replicas", f"within {spoken(limit_s)}")
    starts = its.value
    if starts.targets < 1 or not 0 < starts.scrape_interval_s < float("inf"):
        return claim.hold("the scrape interval or the number of targets is not stated")
    changes = [change for series in _by_process(starts).values() if (change := _last_change(series))]
    if len(changes) < starts.targets:
        return claim.hold(f"{len(changes)} of {starts.targets} replicas were scraped before and after a restart")
    began, ended = min(one.last_old for one in changes), max(one.first_new for one in changes)
    most_s = ended - began
    least_s = max(most_s - 2 * starts.scrape_interval_s, 0.0)
    seen = f"{spoken(least_s)} to {spoken(most_s)}, between {utc(moment(began))} and {utc(moment(ended))}"
    if least_s > limit_s:
        return claim.stop(seen)
    return claim.go(seen) if most_s <= limit_s else claim.hold(f"{seen}: scrapes cannot tell it apart")


@dataclass(frozen=True)
class _Change:
    """When was the process of before scraped last, and the one after it first?"""

    last_old: float
    first_new: float


def _by_process(starts: SeriesSet) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for series in starts.series:
        found[target(series)] += series.samples
    return found


def _last_change(samples: list[tuple[float, float]]) -> _Change | None:
    """The newest change of the start that a process tells of; a second apart it is one and the same."""
    ordered = sorted(samples)
    for (before_at, before), (after_at, after) in reversed(list(pairwise(ordered))):
        if after - before > 1:
            return _Change(before_at, after_at)
    return None


def _contradictions(reading: FlagsInForce, one: Served) -> Iterator[str]:
    logged = reading.logged.get(one.pod, {})
    if not logged or not one.values:
        yield f"{one.pod} logged {named(logged) or 'no flag'} and serves {named(one.values) or 'none'}"
        return
    for flag, text in one.values.items():
        if flag in logged and logged[flag] != text:
            yield f"{one.pod} serves {flag} {text}, and logged {visible(logged[flag])}"


def _told(one: Served) -> str:
    return f"{one.pod} {named(f'{flag} {text}' for flag, text in one.values.items())}"
