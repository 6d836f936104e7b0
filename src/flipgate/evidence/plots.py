"""Which of a gate's measurements cover a stretch of time, and how do they look beside their limits?

Computed again from the recorded observations, by the same counting that the gates judge by.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flipgate.core.judgement import Figure
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.evidence.drawing import Bar, Limit, Mark, Plot
from flipgate.gates.claim import numbered
from flipgate.gates.coverage import moment
from flipgate.gates.minutes import ALL, Minutes
from flipgate.gates.timeline import Timeline

if TYPE_CHECKING:
    from flipgate.evidence.account import GateAccount

Figures = Mapping[str, Figure]
Picture = Callable[[Observation[Any], Window, Figures], Plot]
_MINUTE = timedelta(minutes=1)
_SINCE = re.compile(r'since the (flip) of "(\w+)"|since the (last flip back)')


def plots(gate: GateAccount) -> tuple[Plot, ...]:
    """How do the measurements of this gate look? One picture for each, with the limits of all claims about it."""
    found: dict[tuple[str, str], Plot] = {}
    for step in gate.steps:
        picture = _PICTURES.get(step.judged.judge)
        if picture is None or step.seen is None:
            continue
        observation = step.seen.read
        if observation.window is None or observation.window.length_s < _MINUTE.total_seconds():
            continue
        plot = picture(observation, observation.window, step.judged.figures)
        told = f"{step.judged.subject}: {step.judged.seen}; limit: {step.judged.limit}"
        same = found.get((step.seen.sha256, plot.title), replace(plot, limits=(), marks=tuple(_marks(gate, plot))))
        limits = tuple(dict.fromkeys((*same.limits, *plot.limits)))
        found[step.seen.sha256, plot.title] = replace(same, limits=limits, told=same.told or told)
    return tuple(found.values())


def _marks(gate: GateAccount, plot: Plot) -> Iterator[Mark]:
    """The flip from which a reading counts is where its window begins."""
    for step in gate.text.steps:
        if step.keyword == "When" and (since := _SINCE.search(step.text)):
            yield Mark(plot.window.start, f"{since[2]} flipped" if since[1] else "flipped back")


def _error_rate(its: Observation[Any], window: Window, figures: Figures) -> Plot:
    minutes = Timeline(its.value, window).minutes(float(figures.get("minute_requests", 100)))
    bars = (Bar(Window(moment(one.after_ms / 1000), one.until), 0.0, one.ratio * 100) for one in minutes)
    limit = float(figures["limit_ratio"]) * 100
    return Plot("Error rate by minute", "%", window, tuple(bars), (Limit(limit, f"limit {limit:.3g} %"),))


def _p95(its: Observation[Any], window: Window, figures: Figures) -> Plot:
    minutes = Minutes(its.value, window, int(figures.get("minute_samples", 1))).whole(ALL)
    bars = (_interval(moment(one.until_ms / 1000), one.p95_ms) for one in minutes)
    limit = float(figures["limit_ms"])
    return Plot("p95 by minute, all replicas", "ms", window, tuple(bars), (Limit(limit, f"{limit:g} ms"),))


def _breaker(its: Observation[Any], window: Window, figures: Figures) -> Plot:
    limit_ms, most = float(figures["limit_ms"]), int(figures["minutes"])
    minutes = Minutes(its.value, window, int(figures["minute_samples"]))
    highest: dict[int, int] = {}
    for who in minutes.replicas:
        row = 0
        for one in minutes.whole(who):
            row = row + 1 if one.p95_ms[1] > limit_ms else 0
            highest[one.until_ms] = max(row, highest.get(one.until_ms, 0))
    ends = ((moment(until_ms / 1000), float(row)) for until_ms, row in sorted(highest.items()))
    bars = tuple(Bar(Window(end - _MINUTE, end), 0.0, row) for end, row in ends)
    name = f"In a row above {limit_ms:g} ms, nearest replica"
    return Plot(name, "minutes", window, bars, (Limit(most, f"breaker trips at {most}"),))


def _drift(its: Observation[Any], window: Window, _: Figures) -> Plot:
    stretches = [one for some in its.value.stretches.values() for one in some if math.isfinite(one.value)]
    bars = (Bar(Window(moment(one.since_s), moment(one.until_s)), 0.0, one.value) for one in stretches)
    return _drift_plot(window, tuple(bars), len(its.value.stretches))


def _drift_of_interval(its: Observation[Any], window: Window, _: Figures) -> Plot:
    history = its.value.history
    step = timedelta(seconds=history.scrape_interval_s)
    samples = (one for series in history.series for one in series.samples if 0 <= one[1] < math.inf)
    bars = (Bar(Window(moment(at) - step, moment(at)), 0.0, value) for at, value in samples)
    return _drift_plot(window, tuple(bars), len(history.series))


def _drift_plot(window: Window, bars: tuple[Bar, ...], series: int) -> Plot:
    name = f"Open drift, highest of {numbered(series, 'series')}"
    ordered = tuple(sorted(bars, key=lambda bar: bar.window.start))
    return Plot(name, "rows", window, ordered, (Limit(0.0, "none allowed above 0"),))


def _interval(until: datetime, bounds_ms: tuple[float, float]) -> Bar:
    """A p95 beyond the last bound reaches as far as the picture."""
    low_ms, high_ms = bounds_ms
    return Bar(Window(until - _MINUTE, until), low_ms, high_ms if high_ms < math.inf else low_ms * 1.5)


_PICTURES: dict[str, Picture] = {
    "error_rate.must_stay_below": _error_rate,
    "error_rate.must_have_rebounded": _error_rate,
    "latency.p95_must_not_stay_above": _p95,
    "latency.p95_must_be_below": _p95,
    "breaker.breaker_must_have_kept_its_distance": _breaker,
    "drift.must_have_been_zero_for_an_interval": _drift_of_interval,
    "drift_history.must_have_been_zero_throughout": _drift,
}
