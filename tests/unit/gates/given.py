"""Observations as the tests need them: small, plain, all at one moment."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from flipgate.core.facts.reports import Report, ReportFolder
from flipgate.core.facts.series import Series, SeriesSet
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.core.window import Window

NOW = datetime(2026, 4, 26, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
GO, HOLD, STOP = Verdict.GO, Verdict.HOLD, Verdict.STOP
NAN, INF = math.nan, math.inf

T = TypeVar("T")


def seen(value: T, window: Window | None = None, at: datetime = NOW) -> Observation[T]:
    return Observation(value, "", "a test", (), at, window)


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def last(seconds: float) -> Window:
    return Window.before(NOW, seconds)


def says(judgement: Judgement, verdict: Verdict, *parts: str) -> None:
    """The verdict, and the words that its reader needs."""
    assert judgement.verdict is verdict, judgement
    for part in parts:
        assert part in judgement.seen, judgement.seen


def scraped(labels: Mapping[str, str], values: Iterable[float], every_s: float = 15.0) -> Series:
    """Samples of which the last is now."""
    listed = list(values)
    begin = NOW.timestamp() - every_s * (len(listed) - 1)
    return Series(dict(labels), tuple((begin + every_s * index, value) for index, value in enumerate(listed)))


def up(instance: str, scrapes: int, every_s: float = 15.0, missing: Iterable[int] = ()) -> Series:
    gone = set(missing)
    return scraped({"instance": instance}, [0.0 if index in gone else 1.0 for index in range(scrapes)], every_s)


def without(series: Series, *indexes: int) -> Series:
    return replace(series, samples=tuple(one for index, one in enumerate(series.samples) if index not in indexes))


def series_set(*series: Series, scrapes: tuple[Series, ...] = (), targets: int = 1) -> SeriesSet:
    return SeriesSet("gateway_requests_total", series, scrapes, 15.0, targets)


def clean_report(day: date, **changes: object) -> Report:
    """A report as the generator writes it on a clean day, at 08:00 UTC."""
    rows = tuple((day - timedelta(days=back), "PASS", 0) for back in range(7))
    figures = {
        "tenants scanned": 2,
        "tenants with drift": 0,
        "missing org_units rows": 0,
        "missing org_unit_memberships rows": 0,
    }
    generated_at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
    tenants = (("acme", 0), ("globex", 0))
    report = Report(day, day, generated_at, figures, "PASS", tenants, rows, 9, "met", f"sha of {day}")
    return replace(report, **changes)  # type: ignore[arg-type]


def week(**today: object) -> tuple[Report, ...]:
    """Seven clean days that end today; the changes are today's."""
    days = [TODAY - timedelta(days=back) for back in range(6, 0, -1)]
    return (*map(clean_report, days), clean_report(TODAY, **today))


def folder(reports: Iterable[Report], later: tuple[date, ...] = ()) -> ReportFolder:
    old = datetime(2026, 1, 1, tzinfo=UTC)
    return ReportFolder(TODAY, tuple(reports), later, (old, old), environment="dev")


def changed(reports: Iterable[Report], days_ago: int, **changes: object) -> tuple[Report, ...]:
    """The same reports, one day's changed."""
    day = TODAY - timedelta(days=days_ago)
    return tuple(replace(one, **changes) if one.file_date == day else one for one in reports)  # type: ignore[arg-type]
