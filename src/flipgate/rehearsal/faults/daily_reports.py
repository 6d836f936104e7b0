"""The daily reconciliation reports."""

from __future__ import annotations

import contextlib
import re
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault, look_alike
from flipgate.rehearsal.errors import RehearsalError
from flipgate.rehearsal.place import write_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from flipgate.rehearsal.platforms.org_v23 import OrgV23

_PASSED = "The last seven days all passed"
_OWN = "Each report is its own day's and its banner is borne out"
_SOAKED = "Every day of the soak has a report that passed"
_A_DAY = timedelta(days=1)


@fault("H1", Trial("preflight", _PASSED, HOLD, told="today's report is not there yet"))
def todays_report_missing(world: OrgV23) -> Iterator[None]:
    """Today's reconciliation report has not been written."""
    world.reports.path(world.reports.today()).unlink()
    yield
    world.reports.rewrite(world.reports.today())


@fault("H4", Trial("preflight", _OWN, STOP, told="copy"))
def yesterdays_report_copied(world: OrgV23) -> Iterator[None]:
    """Today's reconciliation report is yesterday's file under today's name."""
    today = world.reports.today()
    shutil.copyfile(world.reports.path(today - _A_DAY), world.reports.path(today))
    yield
    world.reports.rewrite(today)


@fault("H1", Trial("preflight", _PASSED, HOLD, told="no report of 20"))
def report_missing_within_the_week(world: OrgV23) -> Iterator[None]:
    """Seven reports lie there, but not of seven consecutive days: the one of three days ago is missing."""
    day = world.reports.today() - 3 * _A_DAY
    world.reports.path(day).unlink()
    older = _beside(world, f"{day - 4 * _A_DAY}.md", _text(world, day - 3 * _A_DAY))
    yield
    older.unlink(missing_ok=True)
    world.reports.rewrite(day)


@look_alike("H1 H12", Trial("preflight", _PASSED))
def failed_report_before_the_week(world: OrgV23) -> Iterator[None]:
    """The report of nine days ago says FAIL; since then seven days have passed cleanly."""
    text = _text(world, world.reports.today()).replace("PASS", "FAIL")
    older = _beside(world, f"{world.reports.today() - 9 * _A_DAY}.md", text)
    yield
    older.unlink()


@fault("H2", Trial("preflight", _OWN, STOP, told="is a copy: its heading says"))
def two_reports_of_one_day(world: OrgV23) -> Iterator[None]:
    """Seven files lie there, but two of them are of one and the same day by their headings."""
    day = world.reports.today() - 2 * _A_DAY
    with _edited(world, day, f"report: {day}", f"report: {day - _A_DAY}"):
        yield


@fault("H3", Trial("preflight", _OWN, HOLD, told="files dated after today"))
def report_of_tomorrow(world: OrgV23) -> Iterator[None]:
    """A report dated tomorrow lies there already."""
    early = _beside(world, f"{world.reports.today() + _A_DAY}.md", _text(world, world.reports.today()))
    yield
    early.unlink(missing_ok=True)


@look_alike("H3", Trial("preflight", _OWN))
def other_files_beside_the_reports(world: OrgV23) -> Iterator[None]:
    """Notes and drafts lie beside the reports; their names hold dates too."""
    tomorrow = world.reports.today() + _A_DAY
    others = [_beside(world, name, "to do\n") for name in ("README.md", f"{tomorrow}.md.bak", f"plan-{tomorrow}.md")]
    yield
    for path in others:
        path.unlink()


@fault("H4", Trial("preflight", _OWN, STOP, told="generated at the same moment"))
def copy_in_new_dates(world: OrgV23) -> Iterator[None]:
    """The report of two days ago was made from the day's before, every date in it moved by a day."""
    day = world.reports.today() - 2 * _A_DAY
    before = _text(world, day - _A_DAY)
    generated = re.findall(r"^Generated: .*$", before, re.MULTILINE)
    text = re.sub(r"^Generated: .*$", generated[0], _text(world, day), flags=re.MULTILINE)
    write_private(world.reports.path(day), text)
    yield
    world.reports.rewrite(day)


@look_alike("H4", Trial("preflight", _OWN))
def report_written_late(world: OrgV23) -> Iterator[None]:
    """The run of two days ago failed, and was made up for the day after: later, but of the day that it is about."""
    day = world.reports.today() - 2 * _A_DAY
    with _edited(world, day, f"Generated: {day}T08:00:00Z", f"Generated: {day + _A_DAY}T02:30:00Z"):
        yield


@fault("H5", Trial("preflight", _PASSED, STOP, told="has drift under 'PASS': tenant"))
def total_below_its_rows(world: OrgV23) -> Iterator[None]:
    """By its summary the report of yesterday found no drift; one row of its table of tenants says three."""
    with _edited(world, world.reports.today() - _A_DAY, "| harbour-9 | 0 | 0 | PASS |", "| harbour-9 | 0 | 3 | PASS |"):
        yield


@fault("H5", Trial("preflight", _PASSED, HOLD, told="tenants scanned, but"))
def row_cut_from_a_report(world: OrgV23) -> Iterator[None]:
    """One tenant's row was cut from the report of yesterday; its summary counts that tenant still."""
    with _edited(world, world.reports.today() - _A_DAY, "| harbour-9 | 0 | 0 | PASS |\n", ""):
        yield


@fault("H6", Trial("preflight", _PASSED, HOLD, told="is a symbolic link"))
def report_is_a_link(world: OrgV23) -> Iterator[None]:
    """Today's report is a link to a file elsewhere, which can be another one tomorrow."""
    path, elsewhere = world.reports.path(world.reports.today()), world.place.folder / "report-elsewhere.md"
    path.rename(elsewhere)
    path.symlink_to(f"../{elsewhere.name}")
    yield
    path.unlink()
    elsewhere.rename(path)


@fault("H7", Trial("preflight", _PASSED, HOLD, told="unreadable"))
def empty_report(world: OrgV23) -> Iterator[None]:
    """Today's report is an empty file."""
    write_private(world.reports.path(world.reports.today()), "")
    yield
    world.reports.rewrite(world.reports.today())


@fault("H7", Trial("preflight", _OWN, HOLD, told="no banner"))
def half_written_report(world: OrgV23) -> Iterator[None]:
    """Today's report ends in the middle of its seven days: no streak, no banner."""
    today = world.reports.today()
    text = _text(world, today)
    write_private(world.reports.path(today), text[: text.index("Consecutive")])
    yield
    world.reports.rewrite(today)


@look_alike("H6 H7 H11", Trial("preflight", _PASSED), Trial("soak", _SOAKED))
def report_from_another_editor(world: OrgV23) -> Iterator[None]:
    """Today's report was saved by an editor that begins with a byte order mark, ends lines with CRLF, writes +00:00."""
    today = world.reports.today()
    text = re.sub(r"^(Generated: .*)Z$", r"\1+00:00", _text(world, today), flags=re.MULTILINE)
    world.reports.path(today).write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode())
    yield
    world.reports.rewrite(today)


@fault("H11", Trial("preflight", _PASSED, HOLD, told="no `Generated:` time in UTC"))
def report_without_a_zone(world: OrgV23) -> Iterator[None]:
    """The report of yesterday says when it was generated, but not in which zone."""
    day = world.reports.today() - _A_DAY
    with _edited(world, day, f"Generated: {day}T08:00:00Z", f"Generated: {day}T08:00:00"):
        yield


@fault("H14", Trial("preflight", _PASSED, HOLD, told="scanned 0 tenants"))
def report_that_compared_nothing(world: OrgV23) -> Iterator[None]:
    """The report of yesterday found no drift, as it looked at no tenant."""
    day = world.reports.today() - _A_DAY
    text = re.sub(r"^\| Tenants scanned \| \d+ \|$", "| Tenants scanned | 0 |", _text(world, day), flags=re.MULTILINE)
    rows = text.partition("## Per tenant")[2].partition("## Last seven days")[0]
    header = "\n".join(rows.strip().splitlines()[:2])
    write_private(world.reports.path(day), text.replace(rows, f"\n\n{header}\n\n"))
    yield
    world.reports.rewrite(day)


@fault(
    "H13",
    Trial("preflight", _OWN, STOP, told="is a report of 'staging'"),
    Trial("soak", _SOAKED, STOP, told="is a report of 'staging'"),
)
def report_of_another_environment(world: OrgV23) -> Iterator[None]:
    """The report of yesterday is one of staging, by its own words; its figures and dates are as they should be."""
    with _said_to_be_of(world, "staging"):
        yield


@look_alike("H13", Trial("preflight", _OWN), Trial("soak", _SOAKED))
def report_by_hand(world: OrgV23) -> Iterator[None]:
    """The report of yesterday was written by hand: it names its environment, and has a column of notes."""
    with _said_to_be_of(world, "Rehearsal"):
        day = world.reports.today() - _A_DAY
        summary = _text(world, day).partition("## Summary")[2].partition("##")[0]
        noted = re.sub(r"^(\|[ -]*\|[ -]*\|)$", r"\1 --- |", summary, flags=re.MULTILINE)
        noted = re.sub(r"^(\|[^|]+\|[^|]+\|)$", r"\1 see #570 |", noted, flags=re.MULTILINE)
        write_private(world.reports.path(day), _text(world, day).replace(summary, noted))
        yield


@fault("H1", Trial("soak", _SOAKED, HOLD, told="no report of 20"))
def missing_soak_day(world: OrgV23) -> Iterator[None]:
    """The reconciliation report of yesterday, a day of the soak, has not been written."""
    yesterday = world.reports.today() - _A_DAY
    world.reports.path(yesterday).unlink()
    yield
    world.reports.rewrite(yesterday)


@contextlib.contextmanager
def _said_to_be_of(world: OrgV23, environment: str) -> Iterator[None]:
    """The report of yesterday names this environment as its own, as long as the block lasts."""
    with _edited(world, world.reports.today() - _A_DAY, "\n## Summary", f"\nEnvironment: {environment}\n\n## Summary"):
        yield


def _text(world: OrgV23, day: date) -> str:
    return world.reports.path(day).read_text(encoding="utf-8")


def _beside(world: OrgV23, name: str, text: str) -> Path:
    """Another file in the folder of the reports."""
    return write_private(world.reports.folder / name, text)


@contextlib.contextmanager
def _edited(world: OrgV23, day: date, before: str, after: str) -> Iterator[None]:
    """The report of a day says something else, in one place, as long as the block lasts."""
    text = _text(world, day)
    if before not in text:
        raise RehearsalError(f"the report of {day} does not say {before!r}")
    write_private(world.reports.path(day), text.replace(before, after, 1))
    yield
    world.reports.rewrite(day)
