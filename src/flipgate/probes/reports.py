"""Which daily reports lie in the folder, and what does each say?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from flipgate.config.environment import Reports as ReportsBlock
from flipgate.core.clock import Clock
from flipgate.core.errors import Malformed, Unreachable
from flipgate.core.facts.reports import Report, ReportFolder
from flipgate.core.observation import Observation
from flipgate.core.report_text import parsed, unreadable
from flipgate.safety import files

SOURCE = "reports"


class Reports:
    """The folder of the daily reconciliation reports: regular files `<UTC date>.md`, at most a megabyte each."""

    def __init__(self, block: ReportsBlock, clock: Clock) -> None:
        self._folder, self._clock = Path(block.directory), clock

    def folder(self, days: int, tenants_created: Sequence[datetime]) -> Observation[ReportFolder]:
        """What do the reports of so many days up to today say? Days are UTC, of the world that is judged.

        Errors:  NoData where there is no folder, Unreachable. A file that cannot be read is a report with a problem.
        """
        today = self._clock.now().astimezone(UTC).date()
        dated = {day: name for name in files.names(self._folder, SOURCE) if (day := _day(name))}
        wanted = [day for back in reversed(range(days)) if (day := today - timedelta(days=back)) in dated]
        reports = tuple(self._report(day, dated[day]) for day in wanted)
        later = tuple(sorted(day for day in dated if day > today))
        value = ReportFolder(today, reports, later, tuple(sorted(tenants_created)), days)
        asked = tuple(str(self._folder / dated[day]) for day in wanted) or (str(self._folder),)
        return Observation(value, "reports", SOURCE, asked, self._clock.now())

    def _report(self, day: date, name: str) -> Report:
        try:
            return parsed(day, files.regular(self._folder, name, SOURCE))
        except (Malformed, Unreachable) as error:
            return unreadable(day, error.seen)


def _day(name: str) -> date | None:
    """One name for each day: a date can be written in several ways, and a second file would hide the day's own."""
    try:
        day = date.fromisoformat(name.removesuffix(".md"))
    except ValueError:
        return None
    return day if name == f"{day}.md" else None
