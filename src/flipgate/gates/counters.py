"""How much did counters grow, by their raw samples? `increase()` of a counter born at 1 is 0, and hides a restart."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from flipgate.core.facts.series import Labels, Series, SeriesSet
from flipgate.core.window import Window


class Growth(NamedTuple):
    """By how much a counter had grown when a scrape saw it, at this world Unix time."""

    at_ms: int
    labels: Labels
    amount: float


def growths(counters: SeriesSet, window: Window) -> tuple[Growth, ...]:
    """How much did each counter grow at each scrape of the window, oldest first?

    A drop is a restart of the process: all its counters count from 0 again, even one that has outgrown its old value
    since. (A restart after which no counter is below its old value cannot be seen.) A counter that appears at a later
    scrape of a process that was scraped before was born in between: its first value counts from 0. The first scrape of
    a process only begins the count. A sample of the last two scrapes before the window is its beginning, where read.
    """
    start_s, end_s = window.start.timestamp(), window.end.timestamp()
    start_ms, begin_s = _ms(start_s), start_s - 2 * counters.scrape_interval_s
    kept = [(series, samples) for series in counters.series if (samples := _kept(series, begin_s, end_s))]
    begun_s = _begun(counters.scrapes, kept, start_s)
    restarts: dict[str | None, set[float]] = defaultdict(set)
    for series, samples in kept:
        restarts[_process(series)].update(_drops(samples))
    found = []
    for series, samples in kept:
        began_s, restarted_s = min(begun_s[_process(series)]), restarts[_process(series)]
        born = samples[0][0] > began_s + counters.scrape_interval_s / 2
        for (since_s, before), (at_s, value) in pairwise([(began_s, 0.0), *samples] if born else samples):
            restarted = restarted_s and any(since_s < restart_s <= at_s for restart_s in restarted_s)
            amount = value if restarted else value - before
            if amount and (at_ms := _ms(at_s)) > start_ms:
                found.append(Growth(at_ms, series.labels, amount))
    return tuple(sorted(found, key=lambda growth: growth.at_ms))


def unusable(counters: SeriesSet) -> Iterator[Series]:
    """Which series hold a value that no counter can have: NaN, infinite, negative?"""
    return (series for series in counters.series if not all(_is_count(value) for _, value in series.samples))


def _kept(series: Series, begin_s: float, end_s: float) -> list[tuple[float, float]]:
    return [(at, value) for at, value in series.samples if begin_s <= at <= end_s and _is_count(value)]


def _drops(samples: Iterable[tuple[float, float]]) -> Iterator[float]:
    return (at for (_, before), (at, value) in pairwise(samples) if value < before)


def _begun(
    scrapes: Iterable[Series], kept: Iterable[tuple[Series, list[tuple[float, float]]]], start_s: float
) -> dict[str | None, list[float]]:
    """When was each process seen? Not before the window: there its scrapes may be read without its counters."""
    seen_s: dict[str | None, list[float]] = defaultdict(list)
    for series in scrapes:
        seen_s[_process(series)].extend(at for at, value in series.samples if value == 1 and at >= start_s)
    for series, samples in kept:
        seen_s[_process(series)].append(samples[0][0])
    return seen_s


def _process(series: Series) -> str | None:
    return series.labels.get("instance")


def _is_count(value: float) -> bool:
    return 0 <= value < math.inf


def _ms(seconds: float) -> int:
    return round(seconds * 1000)
