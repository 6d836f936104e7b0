"""Did the legacy and the mirror tables agree at every scrape of a long time?"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

from flipgate.core.facts.drift import DriftHistory, Stretch
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.window import Window, spoken
from flipgate.gates.claim import Claim, named, numbered, utc
from flipgate.gates.coverage import moment

_JITTER = 0.5  # of an interval: scrapes jitter


@gate
def must_have_been_zero_throughout(its: Observation[DriftHistory], *, missed: int) -> Judgement:
    """Was the open drift of every tenant 0 at every scrape of the window, with no more than so many missed in a row?

    A tenant that was created inside the window is judged from its first sample on.
    """
    history, window = its.value, its.window
    claim = Claim("open drift over the whole time", "0 for every tenant at every scrape")
    if window is None or not (0 < history.scrape_interval_s < math.inf) or not history.tenants:
        return claim.hold("the window, the scrape interval or the tenants are not known")
    findings = [*_drifted(claim, history), *_unwatched(claim, history)]
    for name, stretches in history.stretches.items():
        findings += _pauses(claim, name, stretches, _since(history, name, window), (missed, history.scrape_interval_s))
    samples = sum(one.samples for stretches in history.stretches.values() for one in stretches)
    told = f"0 in {numbered(samples, 'sample')} of {numbered(len(history.stretches), 'series')}"
    return claim.against(findings, fine=f"{told}, {numbered(len(history.tenants), 'tenant')}, over {window}")


def _drifted(claim: Claim, history: DriftHistory) -> Iterator[Judgement]:
    for name, stretches in history.stretches.items():
        if above := [one for one in stretches if 0 < one.value < math.inf]:
            highest = max(above, key=lambda one: one.value)
            scrapes = numbered(sum(one.samples for one in above), "scrape")
            yield claim.stop(f"{name} = {highest.value:g} at {utc(moment(highest.since_s))}, above 0 at {scrapes}")
        if unusable := [one for one in stretches if not 0 <= one.value < math.inf]:
            yield claim.hold(f"{name} = {unusable[0].value:g} at {utc(moment(unusable[0].since_s))} is no measure")


def _unwatched(claim: Claim, history: DriftHistory) -> Iterator[Judgement]:
    watched = {name.partition("/")[0] for name, stretches in history.stretches.items() if stretches}
    if unwatched := [tenant for tenant in history.tenants if tenant not in watched]:
        yield claim.hold(f"Prometheus has no series of tenant {named(unwatched)}")


def _since(history: DriftHistory, name: str, window: Window) -> Window:
    """From when on does a series have to be whole?"""
    created_at = history.tenants.get(name.partition("/")[0], window.start)
    stretches = history.stretches[name]
    if created_at <= window.start or not stretches:
        return window
    return Window(max(window.start, moment(stretches[0].since_s)), window.end)


def _pauses(
    claim: Claim, name: str, stretches: Sequence[Stretch], window: Window, limits: tuple[int, float]
) -> Iterator[Judgement]:
    missed, interval_s = limits
    start, end = window.start.timestamp(), window.end.timestamp()
    edges = [(start, start), *((one.since_s, one.until_s) for one in stretches), (end, end)]
    for (_, until_s), (since_s, _) in pairwise(edges):
        if since_s - until_s > (missed + 1 + _JITTER) * interval_s:
            pause = Window(moment(until_s), moment(since_s))
            yield claim.hold(f"no samples of {name} {pause} ({spoken(pause.length_s)})")
