"""How fast were calls in each minute, as the breaker of §11 counts them: on each replica, and on all together?

Nobody knows at which second the breaker's minutes begin, so minutes are cut at every scrape.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from flipgate.core.facts.series import Series, SeriesSet
from flipgate.core.window import Window
from flipgate.gates.buckets import Buckets, calls_in, is_histogram, near, p95_bounds_ms, p95_told
from flipgate.gates.claim import named, numbered
from flipgate.gates.counters import growths, unusable
from flipgate.gates.coverage import moment, replica

ALL = "all replicas"
_MINUTE_MS = 60_000

# By upper bound in ms; and by the time of the scrape that saw it.
Sums = defaultdict[float, float]
Scrapes = dict[int, Sums]


@dataclass(frozen=True)
class Minute:
    """What one minute showed, on one replica or on all."""

    who: str
    until_ms: int
    buckets: Buckets

    @property
    def calls(self) -> float:
        return calls_in(self.buckets)

    @property
    def p95_ms(self) -> tuple[float, float]:
        """Between which bounds? Between any, where the counts contradict each other."""
        return p95_bounds_ms(self.buckets) if is_histogram(self.buckets) and self.calls else (0.0, math.inf)


@dataclass(frozen=True)
class Row:
    """Minutes one after the other, on one replica or on all; those that are neutral are left out."""

    minutes: tuple[Minute, ...] = ()

    def __len__(self) -> int:
        return len(self.minutes)

    def __str__(self) -> str:
        if not self.minutes:
            return "0 minutes in a row"
        first, last = self.minutes[0], self.minutes[-1]
        window = Window(moment(first.until_ms / 1000 - 60), moment(last.until_ms / 1000))
        worst = max(self.minutes, key=lambda minute: minute.p95_ms)
        calls = numbered(sum(minute.calls for minute in self.minutes), "call")
        told = p95_told(worst.buckets) if is_histogram(worst.buckets) else "unknown"
        return f"{numbered(len(self), 'minute')} in a row on {first.who}, {window}: p95 up to {told}, {calls}"


class Minutes:
    """The calls of a window by replica, minute and bucket. The bounds of `le` are in milliseconds."""

    def __init__(self, counters: SeriesSet, window: Window, minute_samples: int) -> None:
        self.counters, self._least_calls = counters, max(minute_samples, 1)
        self._start_ms, self._end_ms = (round(at.timestamp() * 1000) for at in (window.start, window.end))
        self._living = [series for series in self.counters.series if self._times(series)]
        self._by_replica: dict[str, Scrapes] = {ALL: {}}
        self._by_replica |= {who: {} for who in sorted(replica(series.labels) for series in self._living)}
        for growth in growths(counters, window):
            bound = _bound(growth.labels)
            for who in (ALL, replica(growth.labels)):
                self._by_replica[who].setdefault(growth.at_ms, defaultdict(float))[bound] += growth.amount

    def problems(self, *limits_ms: float) -> Iterator[str]:
        """What keeps the minutes from being told, or p95s from being compared with these limits?"""
        layouts = self._layouts
        replicas = len(self._by_replica) - 1
        if not layouts or self.counters.targets < 1 or not 0 < self.counters.scrape_interval_s <= 60:
            yield "no buckets, or no scrape in every minute"
            return
        if replicas < self.counters.targets:
            yield f"{replicas} of {self.counters.targets} replicas have buckets"
        if broken := [f"{series.labels}" for series in unusable(self.counters)]:
            yield f"no count (NaN, infinite or negative): {named(broken)}"
        if len(layouts) > 1:
            yield f"{len(layouts)} bucket layouts side by side, or one after the other"
        for limit_ms in limits_ms:
            if near(self._bounds, limit_ms) is None:
                yield f"no bound near {limit_ms:g} ms: {named((f'{bound:g}' for bound in self._bounds), most=20)} ms"
        if limits_ms and not any(self._counted.values()):
            yield f"no minute with {numbered(self._least_calls, 'call')}"

    def longest_above(self, limit_ms: float, *, perhaps: bool = False, each: bool = False) -> Row:
        """What is the longest row of minutes whose p95 was above the limit for sure, or perhaps?

        each  only replica by replica, as the breakers count.
        """
        bound_ms = near(self._bounds, limit_ms) or limit_ms
        rows = [
            row
            for (who, _), minutes in self._counted.items()
            if not (each and who == ALL)
            for row in _rows(minutes, bound_ms, perhaps=perhaps)
        ]
        return max(rows, key=len, default=Row())

    def last(self, window_s: float) -> dict[str, Buckets]:
        """How did the calls of the window's end spread over the buckets, by replica and on all?"""
        after_ms = max(self._start_ms, self._end_ms - round(window_s * 1000))
        return {
            who: self._buckets([sums for at_ms, sums in scrapes.items() if at_ms > after_ms])
            for who, scrapes in self._by_replica.items()
        }

    def whole(self, who: str) -> list[Minute]:
        """What did the whole minutes since the window's start show, on one replica or on all? Neutral ones left out."""
        return self._counted.get((who, 0), [])

    @property
    def replicas(self) -> tuple[str, ...]:
        return tuple(who for who in self._by_replica if who != ALL)

    def __str__(self) -> str:
        """The slowest minute that counts."""
        worst = max(itertools.chain(*self._counted.values()), key=lambda minute: minute.p95_ms, default=None)
        if worst is None or not is_histogram(worst.buckets):
            return "no minute counts"
        until = f"{moment(worst.until_ms / 1000):%H:%M:%S}"
        return f"slowest minute {p95_told(worst.buckets)} on {worst.who} until {until}, {numbered(worst.calls, 'call')}"

    @cached_property
    def _bounds(self) -> tuple[float, ...]:
        return tuple(sorted(set().union(*self._layouts)))

    @cached_property
    def _layouts(self) -> set[frozenset[float]]:
        """Which sets of bounds do the replicas have? A bound that one lacks at some scrape makes a set of its own."""
        found: dict[tuple[tuple[str, str], ...], dict[tuple[float, ...], set[float]]] = defaultdict(
            lambda: defaultdict(set)
        )
        for series in self._living:
            own = tuple(sorted((name, value) for name, value in series.labels.items() if name != "le"))
            found[own][self._times(series)].add(_bound(series.labels))
        return {frozenset(bounds) for by_times in found.values() for bounds in by_times.values()}

    def _times(self, series: Series) -> tuple[float, ...]:
        start_s, end_s = self._start_ms / 1000, self._end_ms / 1000
        return tuple(at for at, _ in series.samples if start_s <= at <= end_s)

    def _phases(self) -> range:
        scrape_s = self.counters.scrape_interval_s
        return range(0, _MINUTE_MS, math.ceil(scrape_s * 1000) if 0 < scrape_s < math.inf else _MINUTE_MS)

    @cached_property
    def _counted(self) -> dict[tuple[str, int], list[Minute]]:
        """The whole minutes that are not neutral, by who and by the place of their cuts."""
        return {(who, phase): self._minutes(who, phase) for who in self._by_replica for phase in self._phases()}

    def _minutes(self, who: str, phase_ms: int) -> list[Minute]:
        first_ms = self._start_ms + phase_ms
        cut: dict[int, list[Sums]] = defaultdict(list)
        for at_ms, sums in self._by_replica[who].items():
            cut[-((first_ms - at_ms) // _MINUTE_MS)].append(sums)  # a growth at a minute's very end is that minute's
        minutes = [Minute(who, first_ms + n * _MINUTE_MS, self._buckets(cut[n])) for n in sorted(cut) if n > 0]
        return [one for one in minutes if one.until_ms <= self._end_ms and one.calls >= self._least_calls]

    def _buckets(self, scrapes: list[Sums]) -> Buckets:
        return tuple((bound, sum([sums[bound] for sums in scrapes])) for bound in self._bounds)


def _rows(minutes: list[Minute], limit_ms: float, *, perhaps: bool) -> Iterator[Row]:
    row: list[Minute] = []
    for minute in minutes:
        low_ms, high_ms = minute.p95_ms
        if low_ms >= limit_ms or (perhaps and high_ms > limit_ms):
            row.append(minute)
        else:
            yield Row(tuple(row))
            row = []
    yield Row(tuple(row))


def _bound(labels: dict[str, str]) -> float:
    return float(labels.get("le", "nan"))
