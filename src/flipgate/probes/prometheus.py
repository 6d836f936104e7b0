"""What did Prometheus keep, raw, and what does it watch?

Only raw samples and their existence are asked for: rates and quantiles are the gates' to compute, where gaps, resets
and births of counters stay visible. Every query names its end; only the one for the server's own time leaves it out.
"""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

import msgspec

from flipgate.config.environment import Prometheus as PrometheusBlock
from flipgate.core.clock import Clock
from flipgate.core.errors import Malformed, NoData, NotConfigured, visible
from flipgate.core.facts.alerts import AlertRule
from flipgate.core.facts.series import HistogramBounds, Labels, Series, SeriesSet
from flipgate.core.observation import Disturbance, Observation
from flipgate.core.window import Window
from flipgate.probes import prometheus_answers as answers
from flipgate.probes.counters import grown
from flipgate.safety.http import Door
from flipgate.safety.reply import Reply, TooLong

SOURCE = "prometheus"
_PIECE = timedelta(hours=2)
_SMALLEST_PIECE = timedelta(minutes=1)
_LIVE_SCRAPES = 2
_STARTED = "process_start_time_seconds"
_LATEST_TIME_S = 253_402_300_799  # the end of year 9999
_NAMES_A_QUERY = 50

AnswerT = TypeVar("AnswerT", bound=answers.Answer)
Key = tuple[tuple[str, str], ...]


@dataclass
class _Found:
    """Samples by series, and the queries that brought them."""

    samples: dict[Key, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    asked: list[str] = field(default_factory=list)


class Prometheus:
    """One Prometheus, asked over its HTTP API v1. Errors of all questions: Unreachable, Malformed."""

    def __init__(self, block: PrometheusBlock, clock: Clock) -> None:
        self._block, self._clock = block, clock
        self._door = Door(SOURCE, block.url, r"/api/v1/(query|rules|status/config)", block.token)

    def series(self, metric: str, window: Window, selector: Mapping[str, str]) -> Observation[tuple[Series, ...]]:
        """Which raw samples has a metric in a window?

        Shape:   one series for each label set (without its name); none where nothing was kept. NaN stays NaN.
        Window:  [start, end), asked in pieces that an answer can hold; stale markers are no samples.
        """
        found = _Found()
        for piece in _pieces(window, _PIECE):
            self._gather(found, f"{metric}{_braces(selector)}", piece)
        series = tuple(Series(dict(key), tuple(samples)) for key, samples in found.samples.items() if samples)
        return Observation(series, "samples", SOURCE, tuple(found.asked), self._clock.now(), window)

    def series_set(
        self, metric: str, job: str, window: Window, selected: Sequence[Mapping[str, str]] = ({},)
    ) -> Observation[SeriesSet]:
        """Which raw samples have a job's targets of a metric, and when were they scraped?

        Shape:   the series of each of `selected` by its labels; no two of them may select the same.

        Window:  two scrapes before it are asked for too: from there counters begin to grow inside it. A process that
                 started inside it has lost what its counters held, which disturbs the observation.
        Errors:  NotConfigured where the environment does not say how many targets the job has.
        """
        targets = self._block.targets.get(job)
        if targets is None:
            raise NotConfigured(SOURCE, f"`prometheus.targets` does not say how many targets the job {job!r} has")
        begun = Window(window.start - timedelta(seconds=2 * self._block.scrape_interval_s), window.end)
        parts = [self.series(metric, begun, {"job": job, **labels}) for labels in selected]
        samples = tuple(one for part in parts for one in part.value)
        scrapes = self.series("up", begun, {"job": job})
        value = SeriesSet(metric, samples, scrapes.value, self._block.scrape_interval_s, targets)
        starts = self.series(_STARTED, begun, {"job": job})
        asked = tuple(query for part in (*parts, scrapes, starts) for query in part.asked)
        return Observation(value, "samples", SOURCE, asked, self._clock.now(), window, self._started(starts, window))

    def bucket_set(
        self, metric: str, job: str, window: Window, selected: Sequence[Mapping[str, str]] = ({},)
    ) -> Observation[SeriesSet]:
        """Which raw samples have a job's targets of a histogram's buckets, and when were they scraped?

        Unit:    the bounds of the label `le` in milliseconds ("5", "+Inf"); the histogram counts seconds.
        Errors:  those of `series_set`, Malformed for a bound that is no number.
        """
        found = self.series_set(f"{metric}_bucket", job, window, selected)
        series = tuple(
            replace(one, labels=one.labels | {"le": _le(one.labels, found.asked[-1])}) for one in found.value.series
        )
        return replace(found, value=replace(found.value, series=series))

    def existing(self, metrics: Collection[str]) -> Observation[frozenset[str]]:
        """Which of these metrics have a series with a sample of the last minutes?"""
        found: set[str] = set()
        asked: list[str] = []
        names = sorted(metrics)
        for first in range(0, len(names), _NAMES_A_QUERY):
            some = names[first : first + _NAMES_A_QUERY]
            pattern = json.dumps("|".join(re.escape(name) for name in some), ensure_ascii=False)
            values, reply = self._vector(f"count by (__name__) ({{__name__=~{pattern}}})")
            found |= {one.metric.get("__name__", "") for one in values}
            asked.append(reply.asked)
        return Observation(frozenset(found), "metrics", SOURCE, tuple(asked), self._clock.now())

    def bounds(self, metric: str) -> Observation[HistogramBounds]:
        """Which bucket bounds has a histogram, in the series of the last two scrapes?

        Unit:    bounds in milliseconds (the histogram counts seconds).
        Errors:  NoData where no series lives, Malformed for a bound that is no number.
        """
        found, reply = self._vector(f"last_over_time({metric}_bucket[{self._live_s}s])")
        if not found:
            raise NoData(SOURCE, f"no series of {metric}_bucket", reply.asked)
        layouts: dict[Key, set[float]] = defaultdict(set)
        for one in found:
            layouts[_key(one.metric, "le")].add(_bound_ms(one.metric, reply.asked))
        different = {tuple(sorted(bound for bound in bounds if bound < math.inf)) for bounds in layouts.values()}
        value = HistogramBounds(metric, tuple(sorted(different)), len(layouts))
        return Observation(value, "ms", SOURCE, (reply.asked,), self._clock.now())

    def bucket_growth(self, metric: str, window: Window) -> Observation[dict[str, dict[str, float]]]:
        """How many calls fell into which bucket over a window?

        Shape:   by series (its labels as text), cumulative counts by upper bound in milliseconds as text ("5", "+Inf").
        Window:  two scrapes more are asked before its start, so that a counter born inside it counts from 0.
        Errors:  NoData where no series lived, Malformed for a bound that is no number.
        """
        longer = Window(window.start - timedelta(seconds=self._live_s), window.end)
        buckets, scrapes = self.series(f"{metric}_bucket", longer, {}), self.series("up", longer, {})
        if not buckets.value:
            raise NoData(SOURCE, f"no series of {metric}_bucket in {window}", "; ".join(buckets.asked[-1:]))
        counts: dict[str, dict[str, float]] = defaultdict(dict)
        for one in buckets.value:
            name = ",".join(f'{label}="{value}"' for label, value in _key(one.labels, "le"))
            counts[name][_le(one.labels, buckets.asked[-1])] = grown(one, scrapes.value, window.start.timestamp())
        return Observation(dict(counts), "calls", SOURCE, buckets.asked + scrapes.asked, self._clock.now(), window)

    def rules(self) -> Observation[tuple[AlertRule, ...]]:
        """Which alerting rules are loaded, and how are they? Their `missing_series` is not looked for here."""
        reply = self._door.get("/api/v1/rules", {"type": "alert"})
        groups = _checked(reply, answers.RulesAnswer).data.groups
        rules = tuple(self._rule(rule) for group in groups for rule in group.rules)
        return Observation(rules, "rules", SOURCE, (reply.asked,), self._clock.now())

    def server_time(self) -> Observation[datetime]:
        """What time is it for Prometheus? The one query without a time of ours. Errors: NoData where it tells none."""
        reply = self._door.get("/api/v1/query", {"query": "vector(time())"})
        for one in _checked(reply, answers.VectorAnswer).data.result:
            time = self._clock.from_unix(_number(one.value[1], reply.asked))
            return Observation(time, "time", SOURCE, (reply.asked,), self._clock.now())
        raise NoData(SOURCE, "tells no time", reply.asked)

    def external_labels(self) -> Observation[Labels]:
        """Which labels does it put on what it tells others? Errors: Malformed."""
        import yaml

        reply = self._door.get("/api/v1/status/config")
        try:
            tree = yaml.safe_load(_checked(reply, answers.ConfigAnswer).data.yaml)
            labels = msgspec.convert((tree.get("global") or {}).get("external_labels") or {}, dict[str, str])
        except (yaml.YAMLError, AttributeError, RecursionError, ValueError) as error:
            raise reply.malformed(f"its configuration cannot be read: {visible(str(error))}") from None
        return Observation(labels, "labels", SOURCE, (reply.asked,), self._clock.now())

    def _started(self, starts: Observation[tuple[Series, ...]], window: Window) -> tuple[Disturbance, ...]:
        """Which processes started inside the window, by their own word?"""
        told = {
            (one.labels.get("instance", "a process without a name"), round(at))
            for one in starts.value
            for _, at in one.samples
            if 0 < at < _LATEST_TIME_S
        }
        moments = [(self._clock.from_unix(at), who) for who, at in told]
        inside = sorted((at, who) for at, who in moments if window.start < at < window.end)
        return tuple(Disturbance(at, f"{who} started", SOURCE) for at, who in inside)

    def _gather(self, found: _Found, selected: str, window: Window) -> None:
        # Whether a range includes its left end differs between versions: one second more is asked, and cut off here.
        query = f"{selected}[{math.ceil(window.length_s) + 1}s]"
        try:
            reply = self._asked(query, window.end)
        except TooLong:
            if window.length_s <= _SMALLEST_PIECE.total_seconds():
                raise
            for half in _pieces(window, (window.end - window.start) / 2):
                self._gather(found, selected, half)
            return
        found.asked.append(reply.asked)
        start, end = window.start.timestamp(), window.end.timestamp()
        for raw in _checked(reply, answers.MatrixAnswer).data.result:
            samples = [(at + self._clock.offset_s, _number(text, reply.asked)) for at, text in raw.values]
            found.samples[_key(raw.metric, "__name__")] += [one for one in samples if start <= one[0] < end]

    def _vector(self, query: str) -> tuple[list[answers.LastValue], Reply]:
        reply = self._asked(query, self._clock.now())
        return _checked(reply, answers.VectorAnswer).data.result, reply

    def _asked(self, query: str, at: datetime) -> Reply:
        return self._door.get("/api/v1/query", {"query": query, "time": f"{self._clock.to_unix(at):.3f}"})

    def _rule(self, rule: answers.Rule) -> AlertRule:
        at = rule.last_evaluation
        evaluated_at = self._clock.to_world(at) if at and at.year > 1 else None
        return AlertRule(rule.name, rule.query, rule.health, rule.state, evaluated_at)

    @property
    def _live_s(self) -> int:
        return math.ceil(_LIVE_SCRAPES * self._block.scrape_interval_s) + 1


def _pieces(window: Window, length: timedelta) -> Iterator[Window]:
    start = window.start
    while start < window.end:
        end = min(start + length, window.end)
        yield Window(start, end)
        start = end


def _braces(selector: Mapping[str, str]) -> str:
    """PromQL quotes and escapes text as JSON does."""
    terms = [f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in selector.items()]
    return f"{{{','.join(terms)}}}" if terms else ""


def _key(labels: Labels, without: str) -> Key:
    return tuple(sorted((name, value) for name, value in labels.items() if name not in (without, "__name__")))


def _checked(reply: Reply, kind: type[AnswerT]) -> AnswerT:
    answer = reply.json(kind)
    if answer.warnings:
        raise Malformed(SOURCE, f"warns: {visible('; '.join(answer.warnings))}", reply.asked)
    return answer


def _number(text: str, asked: str) -> float:
    try:
        return answers.number(text)
    except ValueError as error:
        raise Malformed(SOURCE, visible(str(error)), asked) from None


def _bound_ms(labels: Labels, asked: str) -> float:
    try:
        return answers.milliseconds(labels.get("le", ""))
    except ValueError as error:
        raise Malformed(SOURCE, visible(str(error)), asked) from None


def _le(labels: Labels, asked: str) -> str:
    bound_ms = _bound_ms(labels, asked)
    return "+Inf" if bound_ms == math.inf else f"{bound_ms:g}"
