"""How many requests, and how many errors, fell into any stretch of a window?"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from flipgate.core.facts.series import SeriesSet
from flipgate.core.window import Window
from flipgate.gates.claim import named, numbered, percent
from flipgate.gates.counters import Growth, growths
from flipgate.gates.coverage import moment

_MINUTE_MS = 60_000


@dataclass(frozen=True)
class Span:
    """What the scrapes after one moment, and up to another, showed. In milliseconds, so that comparisons are exact."""

    after_ms: int
    until_ms: int
    requests: float
    errors: float

    @property
    def ratio(self) -> float:
        """The share of errors; 0 without requests, so ask `requests` first."""
        return self.errors / self.requests if self.requests else 0.0

    @property
    def until(self) -> datetime:
        return moment(self.until_ms / 1000)

    def told(self) -> str:
        """How is the rate said, with the numbers behind it?"""
        if not self.requests:
            return "no requests"
        return f"{percent(self.ratio)} ({self.errors:,.0f} of {numbered(self.requests, 'request')})"

    def __str__(self) -> str:
        return str(Window(moment(self.after_ms / 1000), self.until))


class Timeline:
    """Requests and errors of a window, at the resolution of its scrapes: all, or those of one service."""

    def __init__(self, counters: SeriesSet, window: Window, service: str | None = None) -> None:
        self._start_ms, self._end_ms = (round(edge.timestamp() * 1000) for edge in (window.start, window.end))
        grown = growths(counters, window)
        self._growths = [one for one in grown if service in (None, one.labels.get("service", ""))]
        self._times_ms = [growth.at_ms for growth in self._growths]
        self._requests = [0.0, *accumulate(growth.amount for growth in self._growths)]
        errors = (growth.amount if _is_error(growth) else 0.0 for growth in self._growths)
        self._errors = [0.0, *accumulate(errors)]

    @property
    def whole(self) -> Span:
        """What did the whole window show?"""
        return self._span(self._start_ms, self._end_ms)

    def last(self, window_s: float) -> Span:
        """What did the last stretch of this length show, or the whole window if that is shorter?"""
        return self._span(max(self._start_ms, self._end_ms - round(window_s * 1000)), self._end_ms)

    def sliding(self, window_s: float) -> tuple[Span, ...]:
        """What did every stretch of this length show? One for each set of samples; the whole if it is shorter."""
        length_ms = round(window_s * 1000)
        latest_ms = max(self._start_ms, self._end_ms - length_ms)
        starts = {self._start_ms, latest_ms}
        for at_ms in self._times_ms:
            starts |= {at_ms, at_ms - length_ms}
        begins = sorted(at for at in starts if self._start_ms <= at <= latest_ms)
        return tuple(self._span(at, min(at + length_ms, self._end_ms)) for at in begins)

    def minutes(self, least_requests: float) -> tuple[Span, ...]:
        """What did each minute show, joined with its neighbours up to so many requests? The rest joins the last."""
        found: list[Span] = []
        after_ms = self._start_ms
        for until_ms in (*range(self._start_ms, self._end_ms, _MINUTE_MS), self._end_ms):
            span = self._span(after_ms, until_ms)
            if span.requests >= max(least_requests, 1):
                found.append(span)
                after_ms = until_ms
        if found:
            found[-1] = self._span(found[-1].after_ms, self._end_ms)
        return tuple(found)

    def offenders(self, span: Span) -> str:
        """Which services failed, with which codes, how often?"""
        counted: Counter[str] = Counter()
        for growth in self._growths[self._index(span.after_ms) : self._index(span.until_ms)]:
            if _is_error(growth):
                who = f"{growth.labels.get('service', 'unknown service')} {growth.labels['code']}"
                counted[who] += round(growth.amount)
        return named(f"{who} ×{count}" for who, count in counted.most_common())

    def _span(self, after_ms: int, until_ms: int) -> Span:
        first, last = self._index(after_ms), self._index(until_ms)
        requests = self._requests[last] - self._requests[first]
        return Span(after_ms, until_ms, requests, self._errors[last] - self._errors[first])

    def _index(self, at_ms: int) -> int:
        return bisect_right(self._times_ms, at_ms)


def _is_error(growth: Growth) -> bool:
    return growth.labels.get("code", "").startswith("5")
