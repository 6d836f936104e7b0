"""Counters, gauges and histograms of one process: rendered as exposition text, and lived through in steps."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from random import Random
from typing import Literal, TypeVar

import msgspec

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = tuple[str, ...]
_F = TypeVar("_F", "Family", "Histogram")


@dataclass(frozen=True)
class Span:
    """A stretch of time that a service lives through at once, cut into scrape steps."""

    seconds: float
    step_s: float
    first: bool
    ends_at: float

    @property
    def steps(self) -> int:
        return max(1, int(self.seconds // self.step_s))

    def times(self) -> list[float]:
        """When does each step end? Unit: epoch seconds, oldest first, the last is the end of the span."""
        return [self.ends_at - self.step_s * back for back in range(self.steps - 1, -1, -1)]


class Series(msgspec.Struct, frozen=True):
    name: str
    labels: dict[str, str]
    type: Literal["counter", "gauge"]
    values: Sequence[float]


@dataclass(frozen=True)
class Latency:
    """A log-normal latency: what a seeded sample is drawn from, and which share lies below a bound."""

    median_s: float
    sigma: float

    @classmethod
    def of_p95(cls, p95_s: float, sigma: float = 0.38) -> "Latency":
        """Which latency has this p95? It is the median times exp(1.645 sigma)."""
        return cls(p95_s / math.exp(1.645 * sigma), sigma)

    @property
    def mean_s(self) -> float:
        return self.median_s * math.exp(self.sigma**2 / 2)

    def drawn(self, random: Random) -> float:
        return random.lognormvariate(math.log(self.median_s), self.sigma)

    def share_below(self, bound_s: float) -> float:
        return 0.5 * (1 + math.erf(math.log(bound_s / self.median_s) / (self.sigma * math.sqrt(2))))


@dataclass(frozen=True)
class Burst:
    """The calls of one step, and the latency that they had."""

    calls: int
    latency: Latency


Growth = Mapping[Labels, Sequence[float]]


@dataclass
class Life:
    """What a service did in a span, by family name; a family that is not named stood still."""

    grown: dict[str, Growth] = field(default_factory=dict)
    bursts: dict[str, Mapping[Labels, Sequence[Burst]]] = field(default_factory=dict)


@dataclass
class Family:
    """A counter or a gauge with its label sets.

    Its growth is one number a step: what a counter rose by, what a gauge stood at. Without growth it stood still.
    """

    name: str
    help: str
    kind: Literal["counter", "gauge"]
    label_names: Labels = ()
    values: dict[Labels, float] = field(default_factory=dict)

    def add(self, amount: float, *labels: str) -> None:
        self.values[labels] = self.values.get(labels, 0) + amount

    def put(self, value: float, *labels: str) -> None:
        self.values[labels] = value

    def samples(self) -> Iterator[tuple[str, dict[str, str], float]]:
        for labels, value in self.values.items():
            yield self.name, dict(zip(self.label_names, labels, strict=True)), value

    def live(self, growth: Growth, steps: int) -> Iterator[Series]:
        for labels in [*self.values, *(set(growth) - set(self.values))]:
            grown = growth.get(labels)
            before = self.values.get(labels, 0)
            if grown is None:
                values: Sequence[float] = [before] * steps
            elif self.kind == "gauge":
                values = grown
            else:
                values = list(accumulate(grown, initial=before))[1:]
            self.values[labels] = values[-1]
            yield Series(self.name, dict(zip(self.label_names, labels, strict=True)), self.kind, values)


@dataclass
class Histogram:
    """A cumulative histogram; its growth is one burst a step. `told_in`: so many of its unit are a second."""

    name: str
    help: str
    bounds: tuple[float, ...]
    label_names: Labels = ()
    buckets: dict[Labels, list[float]] = field(default_factory=dict)
    sums: dict[Labels, float] = field(default_factory=dict)
    told_in: float = 1.0

    def rebuild(self, bounds: tuple[float, ...]) -> None:
        """Has only these of its bounds from now on."""
        kept = [index for index, bound in enumerate(self.bounds) if bound in bounds]
        self.buckets = {labels: [*(counts[i] for i in kept), counts[-1]] for labels, counts in self.buckets.items()}
        self.bounds = tuple(self.bounds[index] for index in kept)

    def born(self, *labels: str) -> None:
        self.buckets.setdefault(labels, [0] * (len(self.bounds) + 1))
        self.sums.setdefault(labels, 0)

    def observe(self, value: float, *labels: str) -> None:
        self.born(*labels)
        counts = self.buckets[labels]
        for index, bound in enumerate(self.bounds):
            counts[index] += value <= bound
        counts[-1] += 1
        self.sums[labels] += value

    def samples(self) -> Iterator[tuple[str, dict[str, str], float]]:
        for labels, counts in self.buckets.items():
            named = dict(zip(self.label_names, labels, strict=True))
            for le, count in zip(self._les(), counts, strict=True):
                yield f"{self.name}_bucket", {**named, "le": le}, count
            yield f"{self.name}_sum", named, self.sums[labels]
            yield f"{self.name}_count", named, counts[-1]

    def live(self, growth: Mapping[Labels, Sequence[Burst]], steps: int) -> Iterator[Series]:
        for labels in [*self.buckets, *(set(growth) - set(self.buckets))]:
            self.born(*labels)
            columns = self._columns(labels, growth.get(labels), steps)
            self.buckets[labels] = [column[-1] for column in columns[:-1]]
            self.sums[labels] = columns[-1][-1]
            named = dict(zip(self.label_names, labels, strict=True))
            for le, column in zip(self._les(), columns[:-1], strict=True):
                yield Series(f"{self.name}_bucket", {**named, "le": le}, "counter", column)
            yield Series(f"{self.name}_sum", named, "counter", columns[-1])
            yield Series(f"{self.name}_count", named, "counter", columns[-2])

    def _columns(self, labels: Labels, bursts: Sequence[Burst] | None, steps: int) -> list[list[float]]:
        """Every bucket and, last, the sum. What is expected between two bounds is carried over and rounded, so that
        the buckets are cumulative over any stretch of time."""
        starts = [*self.buckets[labels], self.sums[labels]]
        if bursts is None:
            return [[start] * steps for start in starts]
        shares = {burst.latency: self._shares(burst.latency) for burst in bursts}
        expected = [0.0] * (len(self.bounds) + 1)
        total = 0.0
        columns: list[list[float]] = [[] for _ in starts]
        for burst in bursts:
            total += burst.latency.mean_s * burst.calls
            for index, share in enumerate(shares[burst.latency]):
                expected[index] += share * burst.calls
            for column, start, grown in zip(columns, starts, [*accumulate(map(round, expected)), total], strict=True):
                column.append(start + grown)
        return columns

    def _shares(self, latency: Latency) -> list[float]:
        """Which share lies between each bound and the one before?"""
        below = [0.0, *(latency.share_below(bound) for bound in self.bounds), 1.0]
        return [high - low for low, high in pairwise(below)]

    def _les(self) -> list[str]:
        return [*(repr(float(bound * self.told_in)) for bound in self.bounds), "+Inf"]


class Registry:
    """Every family of one process."""

    def __init__(self) -> None:
        self.families: dict[str, Family | Histogram] = {}

    def counter(self, name: str, text: str, *label_names: str) -> Family:
        return self._add(Family(name, text, "counter", label_names))

    def gauge(self, name: str, text: str, *label_names: str) -> Family:
        return self._add(Family(name, text, "gauge", label_names))

    def histogram(self, name: str, text: str, bounds: tuple[float, ...], *label_names: str) -> Histogram:
        return self._add(Histogram(name, text, bounds, label_names))

    def _add(self, family: _F) -> _F:
        self.families[family.name] = family
        return family

    def live(self, life: Life, steps: int) -> list[Series]:
        """How did every series run through the span? Afterwards each stands at its last value."""
        series: list[Series] = []
        for name, family in self.families.items():
            if isinstance(family, Family):
                series += family.live(life.grown.get(name, {}), steps)
            else:
                series += family.live(life.bursts.get(name, {}), steps)
        return series

    def exposition(self) -> str:
        """What does a scrape read now?"""
        lines: list[str] = []
        for family in self.families.values():
            kind = family.kind if isinstance(family, Family) else "histogram"
            lines += [f"# HELP {family.name} {family.help}", f"# TYPE {family.name} {kind}"]
            lines += [f"{name}{_braced(labels)} {value!r}" for name, labels, value in family.samples()]
        return "\n".join(lines) + "\n"


def _braced(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
