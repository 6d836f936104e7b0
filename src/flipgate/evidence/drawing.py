"""How does a measurement look over time: bars by minute, its limits, the flips, and where nothing was measured?

Inline SVG without a style of its own: colours are the page's, by class. `alone` makes a file of it that has its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flipgate.core.window import Window
from flipgate.evidence.markup import Markup, element, together

_WIDTH, _HEIGHT = 460.0, 170.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 10.0, 26.0, 24.0
_MOST_BARS = 240
_LEAST = 3.0  # a zero that was measured is seen too
_STEPS_S = (60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
_MOST_TICKS = 6
_STYLE = (
    "svg{font:13px system-ui,sans-serif;color:#16191d;background:#fff}.limit{color:#b01e1e}.mark{color:#1d4f91}"
    ".bar{color:#59626d}.over{color:#b01e1e}.soft{color:#59626d}.go{color:#116b3a}.hold{color:#8a5300}.stop{color:#b01e1e}"
    "@media(prefers-color-scheme:dark){svg{color:#e8ebee;background:#191d21}.limit,.over,.stop{color:#ff8a80}"
    ".mark{color:#8ab8ff}.bar,.soft{color:#9aa5b1}.go{color:#5fd28e}.hold{color:#f0b450}}"
)


@dataclass(frozen=True)
class Bar:
    """What one stretch of time showed: a value is `low` 0, a quantile lies between two bounds."""

    window: Window
    low: float
    high: float


@dataclass(frozen=True)
class Limit:
    """What a gate allows, and how that is said."""

    at: float
    label: str


@dataclass(frozen=True)
class Mark:
    """A moment that matters, and what it is called."""

    at: datetime
    label: str


@dataclass(frozen=True)
class Plot:
    """One measurement over a window. `told` says in words what there is to see."""

    title: str
    unit: str
    window: Window
    bars: tuple[Bar, ...]
    limits: tuple[Limit, ...] = ()
    marks: tuple[Mark, ...] = ()
    told: str = ""


def drawn(plot: Plot) -> Markup:
    """How does this measurement look?"""
    scale = _Scale(plot)
    name = hashlib.sha256(f"{plot.title} {plot.window} {plot.told}".encode()).hexdigest()[:12]
    return element(
        "svg",
        element("title", plot.title, id=f"t{name}"),
        element("desc", f"{plot.told or plot.title}. {plot.window}.", id=f"d{name}"),
        _text(_LEFT, 14, f"{plot.title}, {plot.unit}", class_="name"),
        *_grid(plot, scale),
        *(_bar(bar, plot, scale) for bar in _thinned(plot.bars)),
        *(_limit(limit, scale) for limit in plot.limits),
        *(_mark(mark, scale) for mark in plot.marks),
        class_="plot",
        role="img",
        aria_labelledby=f"t{name} d{name}",
        viewBox=f"0 0 {_WIDTH:g} {_HEIGHT:g}",
        xmlns="http://www.w3.org/2000/svg",
        fill="currentColor",
    )


def alone(picture: Markup) -> str:
    """How does this picture stand as a file of its own, light and dark?"""
    return picture.replace("<title", f"<style>{_STYLE}</style><title", 1)


class _Scale:
    """Where in the picture do a moment and a value lie?"""

    def __init__(self, plot: Plot) -> None:
        self.window = plot.window
        values = [bar.high for bar in plot.bars] + [limit.at for limit in plot.limits]
        self.top = max([*values, 0.0]) * 1.15 or 1.0

    def x(self, moment: datetime) -> float:
        passed = (moment - self.window.start) / max(self.window.end - self.window.start, timedelta(seconds=1))
        return _LEFT + min(max(passed, 0.0), 1.0) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, value: float) -> float:
        return _HEIGHT - _BOTTOM - min(value / self.top, 1.0) * (_HEIGHT - _TOP - _BOTTOM)


def _grid(plot: Plot, scale: _Scale) -> Iterator[Markup]:
    ground = scale.y(0)
    yield _line(_LEFT, ground, _WIDTH - _RIGHT, ground, class_="soft")
    yield _text(_LEFT - 6, ground + 4, "0", class_="soft", text_anchor="end")
    highest = max((bar.high for bar in plot.bars), default=0.0)
    if highest and all(abs(scale.y(highest) - scale.y(limit.at)) > 12 for limit in plot.limits):
        yield _text(_LEFT - 6, scale.y(highest) + 4, f"{highest:.3g}", class_="soft", text_anchor="end")
    for moment in _ticks(plot.window):
        x = scale.x(moment)
        yield _line(x, ground, x, ground + 4, class_="soft")
        anchor = "middle" if x < _WIDTH - 2 * _RIGHT else "end"
        yield _text(x, ground + 17, f"{moment:%H:%M}", class_="soft", text_anchor=anchor)


def _bar(bar: Bar, plot: Plot, scale: _Scale) -> Markup:
    left, right = scale.x(bar.window.start), scale.x(bar.window.end)
    top, bottom = scale.y(bar.high), scale.y(bar.low)
    reached = bar.low or bar.high
    over = reached > 0 and any(reached >= limit.at for limit in plot.limits)
    width, height = max(right - left - 0.6, 0.6), max(bottom - top, _LEAST)
    place = {
        "x": f"{left:.1f}",
        "y": f"{min(top, bottom - _LEAST):.1f}",
        "width": f"{width:.1f}",
        "height": f"{height:.1f}",
    }
    return element("rect", class_="over" if over else "bar", **place)


def _limit(limit: Limit, scale: _Scale) -> Markup:
    y = scale.y(limit.at)
    line = _line(_LEFT, y, _WIDTH - _RIGHT, y, stroke_dasharray="6 4", stroke_width="1.5")
    return element("g", line, _text(_WIDTH - _RIGHT, y - 5, limit.label, text_anchor="end"), class_="limit")


def _mark(mark: Mark, scale: _Scale) -> Markup:
    x = scale.x(mark.at)
    anchor, beside = ("end", -5.0) if x > _WIDTH * 0.6 else ("start", 5.0)
    line = _line(x, _TOP - 4, x, scale.y(0), stroke_width="1.5")
    return element("g", line, _text(x + beside, _TOP + 6, mark.label, text_anchor=anchor), class_="mark")


def _ticks(window: Window) -> Iterator[datetime]:
    step_s = next((step for step in _STEPS_S if window.length_s / step <= _MOST_TICKS), _STEPS_S[-1])
    first = -(-window.start.timestamp() // step_s) * step_s
    moment = datetime.fromtimestamp(first, UTC)
    while moment <= window.end:
        yield moment
        moment += timedelta(seconds=step_s)


def _thinned(bars: Sequence[Bar]) -> Iterator[Bar]:
    """Neighbours drawn as the highest of them where there are more than the picture can show."""
    many = -(-len(bars) // _MOST_BARS)
    for first in range(0, len(bars), max(many, 1)):
        some = bars[first : first + many]
        highest = max(some, key=lambda bar: (bar.high, bar.low))
        yield Bar(Window(some[0].window.start, some[-1].window.end), highest.low, highest.high)


def _line(x1: float, y1: float, x2: float, y2: float, **more: str) -> Markup:
    return element(
        "line", x1=f"{x1:.1f}", y1=f"{y1:.1f}", x2=f"{x2:.1f}", y2=f"{y2:.1f}", stroke="currentColor", **more
    )


def _text(x: float, y: float, text: str, **more: str) -> Markup:
    return element("text", together(text), x=f"{x:.1f}", y=f"{y:.1f}", **more)
