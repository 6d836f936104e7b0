"""Which way did a cutover take: stages and flips, one below the other, as they came?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from flipgate.core.facts.flags import Posture
from flipgate.core.verdict import Verdict
from flipgate.core.window import spoken
from flipgate.evidence.account import RunAccount
from flipgate.evidence.history import platform_value
from flipgate.evidence.markup import Markup, element

_WIDTH, _ROW, _RAIL, _NAME = 460.0, 26.0, 98.0, 114.0
_BADGE = 46.0
_LONG_S = 3600.0


@dataclass(frozen=True)
class Station:
    """A stage with the verdicts of its runs in a row, or a flip, then without any.

    at  when it began; a flip no later than the run that saw it first.
    """

    at: datetime
    name: str
    verdicts: tuple[Verdict, ...] = ()


def course(runs: Sequence[RunAccount]) -> tuple[Station, ...]:
    """Which stages and flips do these runs tell of, oldest first? Runs of a stage without anything between are one."""
    stages = [Station(run.began_at, run.stage, (run.verdict,)) for run in runs]
    stations = sorted([*stages, *_flips(runs)], key=lambda one: (one.at, bool(one.verdicts)))
    rows = [list(some) for _, some in groupby(stations, key=lambda one: one.name)]
    return tuple(Station(row[0].at, row[0].name, tuple(v for one in row for v in one.verdicts)) for row in rows)


def drawn_course(stations: Sequence[Station]) -> Markup:
    """How does this way look?"""
    height = _ROW * len(stations) + 12
    told = "; ".join(f"{one.at:%H:%M} {one.name} {' '.join(v.value for v in one.verdicts)}".strip() for one in stations)
    rail = element(
        "line", x1=f"{_RAIL}", x2=f"{_RAIL}", y1="12", y2=f"{height - 14:g}", class_="soft", stroke="currentColor"
    )
    before = (None, *stations)
    rows = [_station(one, number, before[number]) for number, one in enumerate(stations)]
    return element(
        "svg",
        element("title", "Stages and flips in their order", id="course-title"),
        element("desc", told, id="course-told"),
        rail,
        *rows,
        class_="course",
        role="img",
        aria_labelledby="course-title course-told",
        viewBox=f"0 0 {_WIDTH:g} {height:g}",
        xmlns="http://www.w3.org/2000/svg",
        fill="currentColor",
    )


def _flips(runs: Sequence[RunAccount]) -> Iterator[Station]:
    """Every reading of the flags says since when each has its value, where that is known."""
    told: set[tuple[str, datetime]] = set()
    for run in runs:
        seen = [
            step.seen for gate in run.gates for step in gate.steps if step.seen and step.seen.fact == "flags.Posture"
        ]
        for posture in (one.read.value for one in seen):
            assert isinstance(posture, Posture)
            for flag, at in posture.changed_at.items():
                if (flag, at) not in told:
                    told.add((flag, at))
                    yield Station(min(at, run.began_at), f"{flag} = {platform_value(posture, flag)}")


def _station(one: Station, number: int, before: Station | None) -> Markup:
    y = _ROW * number + 16
    passed_s = (one.at - before.at).total_seconds() if before else 0.0
    time = f"+{spoken(passed_s)}" if passed_s >= _LONG_S else f"{one.at.astimezone(UTC):%H:%M:%S}"
    when = element("text", time, x=f"{_RAIL - 14:g}", y=f"{y + 4:g}", text_anchor="end", class_="soft")
    if not one.verdicts:
        flag = element("path", d=f"M{_RAIL - 5:g} {y + 5:g}v-11l11 4l-11 4", stroke="currentColor")
        return element("g", when, flag, _name(one.name, y, "flag"), class_="mark")
    tone = one.verdicts[-1].value.lower()
    dot = element("circle", cx=f"{_RAIL:g}", cy=f"{y:g}", r="6", class_=tone)
    last = one.verdicts[-4:]
    badges = [_badge(verdict, _WIDTH - _BADGE * (len(last) - place), y) for place, verdict in enumerate(last)]
    return element("g", when, dot, _name(one.name, y, "stage"), *badges)


def _name(name: str, y: float, kind: str) -> Markup:
    return element("text", name, x=f"{_NAME:g}", y=f"{y + 4:g}", class_=kind)


def _badge(verdict: Verdict, x: float, y: float) -> Markup:
    return element("text", verdict.value, x=f"{x:g}", y=f"{y + 4:g}", class_=f"{verdict.value.lower()} verdict")
