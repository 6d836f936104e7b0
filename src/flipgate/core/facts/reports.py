"""What do the daily reconciliation reports say?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Report:
    """One day's file, parsed (format: docs/reconciliation-reports.md).

    file_date      the date of the file's name; heading_date the one inside.
    generated_at   its `Generated:` time; None where it has none or one without a zone.
    figures        Metric | Value rows by metric in lower case, as integers; `gate`: its word ("PASS", "FAIL" or other).
    tenants        rows of the per-tenant table: name, and the sum of its drift figures.
    window         rows of the seven-day table: date, gate word ("no report" too), sum of drift figures (None: absent).
    banner         "met", "not met", "absent" or "both".
    sha256         of the file's bytes, to tell a copy.
    problems       what made it unreadable as a report, in words; empty when it is well formed.
    environment    the name of the environment that it says it is of; "" where it says none.
    unlisted       tenants that it counts without a row in the per-tenant table.
    """

    file_date: date
    heading_date: date | None
    generated_at: datetime | None
    figures: dict[str, int]
    gate: str
    tenants: tuple[tuple[str, int], ...]
    window: tuple[tuple[date, str, int | None], ...]
    streak_days: int | None
    banner: str
    sha256: str
    problems: tuple[str, ...] = ()
    environment: str = ""
    unlisted: int = 0


@dataclass(frozen=True)
class ReportFolder:
    """The reports of the days asked for, and what stands beside them.

    today            the world's UTC date at the reading.
    days             how many days up to today were asked for.
    reports          those found, by date ascending; a day without a file has no entry.
    later            dates of files that lie after `today`.
    tenants_created  creation times of the tenants in the database, ascending.
    environment      the name of the environment that is judged.
    """

    today: date
    reports: tuple[Report, ...]
    later: tuple[date, ...]
    tenants_created: tuple[datetime, ...]
    days: int = 7
    environment: str = ""
