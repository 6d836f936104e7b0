"""What did the days before say, and how many clean ones in a row end there?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from flipgate.core.errors import Malformed, NoData, Refused, Unreachable
from flipgate.core.facts.reports import Report
from flipgate.core.report_text import COUNTS, parsed
from flipgate.reconcile.figures import Comparison
from flipgate.reconcile.folder import Folder

WINDOW_DAYS = 7
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """One day's row: its gate ("no report" without a file), tenants with drift, missing rows of both, other drift."""

    date: date
    gate: str
    counts: tuple[int, ...] = ()

    @property
    def clean(self) -> bool:
        return self.gate == "PASS" and not any(self.counts)

    @property
    def drift(self) -> int:
        """How many rows differ?"""
        return sum(self.counts[1:])


def of_comparison(day: date, seen: Comparison) -> Day:
    """Which row does today's comparison make?"""
    missing_units, other_units, missing_memberships, other_memberships = seen.totals.counts
    return Day(day, seen.gate, (seen.drifting, missing_units, missing_memberships, other_units + other_memberships))


@dataclass(frozen=True)
class Past:
    """The reports of the days before one day. `since`: when the oldest tenant was created, None if unknown."""

    folder: Folder
    since: datetime | None

    def window(self, today: Day) -> tuple[Day, ...]:
        """Which are the seven days that end with this one, newest first?

        Errors: Refused for a file among them that cannot be read as that day's report.
        """
        days = [today.date - back * _DAY for back in range(1, WINDOW_DAYS)]
        return (today, *map(self.day, days))

    def streak(self, today: Day) -> int:
        """How many clean days in a row end with this one? A stamp of nobody, while there was somebody, is not clean."""
        if not today.clean:
            return 0
        return 1 + sum(1 for _ in self._clean_before(today.date))

    def day(self, day: date) -> Day:
        """What did the report of that day say? Errors: Refused where it cannot be read as that day's."""
        report = self._report(day)
        return Day(day, "no report") if report is None else _row(report)

    def _clean_before(self, day: date) -> Iterator[date]:
        while True:
            day -= _DAY
            try:
                report = self._report(day)
            except Refused:
                return
            if report is None or not _row(report).clean or self._looked_at_nobody(report):
                return
            yield day

    def _looked_at_nobody(self, report: Report) -> bool:
        ends = datetime.combine(report.file_date + _DAY, time(tzinfo=UTC))
        return not report.figures["tenants scanned"] and self.since is not None and self.since < ends

    def _report(self, day: date) -> Report | None:
        name = f"{day}.md"
        try:
            report = parsed(day, self.folder.read(name))
        except NoData:
            return None
        except (Malformed, Unreachable) as error:
            raise Refused(f"{self.folder.path / name} {error.seen}: put that day's own report there") from error
        if wrong := _wrong(report):
            raise Refused(f"{self.folder.path / name}: {wrong}: put it right or take it away, then run again")
        return report


def _wrong(report: Report) -> str:
    lacking = [name for name in COUNTS if name not in report.figures]
    if report.problems:
        return report.problems[0]
    if lacking:
        return f"the summary lacks {', '.join(lacking)}"
    if report.heading_date != report.file_date:
        return f"its heading says {report.heading_date}"
    return "a count is negative" if any(count < 0 for count in report.figures.values()) else ""


def _row(report: Report) -> Day:
    _, *counts = (report.figures[name] for name in COUNTS)
    other = sum(count for name, count in report.figures.items() if name not in COUNTS)
    in_tables = sum(drift for _, drift in report.tenants)
    gate = "FAIL" if report.gate.upper() == "FAIL" or any(counts) or other or in_tables else "PASS"
    return Day(report.file_date, gate, (*counts, other))
