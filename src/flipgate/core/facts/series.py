"""Which samples did the metrics pipeline keep, and which scrapes stand behind them?"""

from __future__ import annotations

from dataclasses import dataclass

Labels = dict[str, str]


@dataclass(frozen=True)
class Series:
    """One series: world Unix seconds and value, oldest first."""

    labels: Labels
    samples: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class SeriesSet:
    """Raw samples of one metric over a window, with the scrapes of the targets that serve it.

    scrapes            the `up` series of those targets, over the same window.
    scrape_interval_s  as the environment declares it.
    targets            how many targets the environment says there are.
    """

    metric: str
    series: tuple[Series, ...]
    scrapes: tuple[Series, ...]
    scrape_interval_s: float
    targets: int


@dataclass(frozen=True)
class HistogramBounds:
    """Which bucket bounds does a histogram have? `bounds_ms` without +Inf, ascending; one for each layout seen."""

    metric: str
    layouts_ms: tuple[tuple[float, ...], ...]
    series: int
