"""Do the daily reconciliation reports hold seven clean days, truly of those days?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from flipgate.core.errors import visible
from flipgate.core.facts.reports import Report, ReportFolder
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, days_named, named, numbered, utc

SCANNED = "tenants scanned"
DRIFT = ("tenants with drift", "missing org_units rows", "missing org_unit_memberships rows")
OTHER_DRIFT = ("other drift in org_units", "other drift in org_unit_memberships")
_DAY = timedelta(days=1)


@gate
def days_must_pass(its: Observation[ReportFolder], *, days: int, due_utc_hour: int = 8) -> Judgement:
    """Does each of so many consecutive UTC days, ending today, have one whole report that says PASS over no drift?

    `due_utc_hour` is when the daily run writes today's report: until then a missing one is only early.
    """
    folder = its.value
    claim = Claim("daily reconciliation reports", f"{days} consecutive UTC days of PASS, zero drift, ending today")
    begun = _midnight(folder.today)
    if not begun <= its.taken_at < begun + _DAY:
        return claim.hold(f"read as of {folder.today}, but it was {utc(its.taken_at)}: read again")
    wanted = _wanted(folder, days)
    due = begun + timedelta(hours=due_utc_hour)
    findings = list(_missing(claim, folder, wanted, due if its.taken_at < due else None))
    for report in _of(folder, wanted):
        findings += _said_no(claim, report) or _not_whole(claim, report)
    return claim.against(findings, fine=f"{days} of {days} days PASS, {wanted[0]} to {wanted[-1]}, zero drift")


@gate
def each_must_be_of_its_day(its: Observation[ReportFolder], *, days: int) -> Judgement:
    """Is each report really its own day's, not a copy of another's and not from the future?"""
    folder = its.value
    claim = Claim(
        "dates of the reports", "each written on its own UTC day or later, none twice, none dated after today"
    )
    reports = _of(folder, _wanted(folder, days))
    if not reports:
        return claim.hold(f"no report of the last {days} days")
    findings = [one for report in reports for one in _misdated(claim, report, its.taken_at)]
    findings += _copied(claim, reports)
    if folder.later:
        findings.append(claim.hold(f"files dated after today ({folder.today}): {days_named(folder.later)}"))
    return claim.against(findings, fine=f"{numbered(len(reports), 'report')}, each of its own day")


@gate
def each_must_be_of_the_environment(its: Observation[ReportFolder], *, days: int) -> Judgement:
    """Is no report another environment's? One that names none, as those written by hand, is taken for this one's."""
    folder = its.value
    claim = Claim("environment of the reports", f"this one, {folder.environment!r}")
    reports = _of(folder, _wanted(folder, days))
    if not reports or not folder.environment:
        return claim.hold(f"no report of the last {days} days" if not reports else "no name to compare theirs with")
    named_ones = [report for report in reports if report.environment]
    findings = [
        claim.stop(f"{report.file_date} is a report of {report.environment!r}")
        for report in named_ones
        if report.environment.casefold() != folder.environment.casefold()
    ]
    return claim.against(
        findings, fine=f"{len(named_ones)} of {numbered(len(reports), 'report')} name it, none another"
    )


@gate
def banner_must_agree(its: Observation[ReportFolder], *, days: int) -> Judgement:
    """Does today's report carry the MET banner, and do its own tables and the other days' files bear it out?"""
    folder = its.value
    claim = Claim("7-day banner", f"MET in today's report, borne out by its tables and the files of {days} days")
    wanted = _wanted(folder, days)
    newest = [report for report in folder.reports if report.file_date == folder.today]
    if len(newest) != 1:
        return claim.hold(f"{numbered(len(newest), 'report')} of today ({folder.today})")
    findings = [*_banner(claim, newest[0], days), *_window(claim, newest[0], folder, wanted)]
    return claim.against(
        findings, fine=f"MET on {folder.today}, streak {newest[0].streak_days} days, tables and files agree"
    )


@gate
def tenants_must_have_been_scanned(its: Observation[ReportFolder], *, days: int) -> Judgement:
    """Did each report scan the tenants that existed on its day? Zero is right only where none existed."""
    folder = its.value
    claim = Claim("tenants scanned", "every tenant that existed on the day of the report")
    reports = _of(folder, _wanted(folder, days))
    if not reports:
        return claim.hold(f"no report of the last {days} days")
    findings = [one for report in reports for one in _unscanned(claim, report, folder.tenants_created)]
    counts = {report.figures[SCANNED] for report in reports if SCANNED in report.figures}
    return claim.against(findings, fine=f"{named(sorted(counts))} a day on {numbered(len(reports), 'day')}")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(tzinfo=UTC))


def _wanted(folder: ReportFolder, days: int) -> list[date]:
    return [folder.today - timedelta(days=back) for back in reversed(range(days))]


def _of(folder: ReportFolder, wanted: Iterable[date]) -> list[Report]:
    dates = set(wanted)
    return [report for report in folder.reports if report.file_date in dates]


def _drift(report: Report) -> int:
    """The largest drift figure of a report, so that two negligent tables cannot hide each other's."""
    figures = (report.figures.get(name, 0) for name in (*DRIFT, *OTHER_DRIFT))
    return max((*figures, *(drift for _, drift in report.tenants)))


def _is(word: str, wanted: str) -> bool:
    return word.casefold() == wanted.casefold()


def _failed(report: Report) -> bool:
    return _is(report.gate, "FAIL")


def _missing(claim: Claim, folder: ReportFolder, wanted: list[date], due: datetime | None) -> Iterator[Judgement]:
    found = Counter(report.file_date for report in folder.reports)
    absent = [day for day in wanted if not found[day]]
    if absent == [folder.today]:
        yield claim.hold(f"today's report is not there yet ({folder.today})", due)
    elif absent:
        yield claim.hold(f"no report of {days_named(absent)}")
    if twice := [day for day in wanted if found[day] > 1]:
        yield claim.hold(f"more than one report of {days_named(twice)}")


def _said_no(claim: Claim, report: Report) -> list[Judgement]:
    if _failed(report):
        return [claim.stop(f"{report.file_date} says FAIL ({numbered(_drift(report), 'row')} of drift)")]
    if _drift(report) > 0:
        where = [f"{name} {count}" for name in (*DRIFT, *OTHER_DRIFT) if (count := report.figures.get(name, 0)) > 0]
        where += [f"tenant {name} {drift}" for name, drift in report.tenants if drift > 0]
        return [claim.stop(f"{report.file_date} has drift under {report.gate!r}: {named(where)}")]
    return []


def _not_whole(claim: Claim, report: Report) -> list[Judgement]:
    lacking = [name for name in (SCANNED, *DRIFT) if name not in report.figures]
    negative = [name for name, count in report.figures.items() if count < 0]
    scanned, listed = report.figures.get(SCANNED, 0), len(report.tenants) + report.unlisted
    faults = {
        f"unreadable: {named(report.problems)}": bool(report.problems),
        f"lacks {named(lacking)}": bool(lacking),
        f"negative: {named(negative)}": bool(negative) or any(drift < 0 for _, drift in report.tenants),
        f"gate word {visible(report.gate)!r} is neither PASS nor FAIL": not _is(report.gate, "PASS"),
        f"{scanned} tenants scanned, but {listed} listed": scanned != listed,
    }
    return [claim.hold(f"{report.file_date} {fault}") for fault, is_so in faults.items() if is_so]


def _misdated(claim: Claim, report: Report, now: datetime) -> Iterator[Judgement]:
    day = report.file_date
    if report.heading_date is None:
        yield claim.hold(f"{day} has no date inside")
    elif report.heading_date != day:
        yield claim.stop(f"{day} is a copy: its heading says {report.heading_date}")
    newest = max((row[0] for row in report.window), default=day)
    if newest != day:
        yield claim.stop(f"{day} is a copy: its seven-day table ends on {newest}")
    if report.generated_at is None or report.generated_at.tzinfo is None:
        yield claim.hold(f"{day} does not say when it was generated, with a zone")
    elif report.generated_at > now:
        yield claim.hold(f"{day} was generated in the future, at {utc(report.generated_at)}")
    elif report.generated_at < _midnight(day):
        yield claim.stop(f"{day} is a copy: generated before that day began, at {utc(report.generated_at)}")


def _copied(claim: Claim, reports: list[Report]) -> Iterator[Judgement]:
    same_bytes = Counter(report.sha256 for report in reports)
    moments = Counter(report.generated_at for report in reports if report.generated_at)
    if days := [one.file_date for one in reports if same_bytes[one.sha256] > 1]:
        yield claim.stop(f"the same bytes under {days_named(days)}")
    elif days := [one.file_date for one in reports if one.generated_at and moments[one.generated_at] > 1]:
        yield claim.stop(f"generated at the same moment: {days_named(days)}")


def _banner(claim: Claim, report: Report, days: int) -> Iterator[Judgement]:
    if report.banner != "met":
        says = {"absent": "there is no banner", "not met": "it says NOT MET", "both": "it says both MET and NOT MET"}
        yield claim.hold(f"{report.file_date}: {says.get(report.banner, f'unknown banner {report.banner!r}')}")
        return
    if _failed(report) or _drift(report) > 0:
        yield claim.stop(f"MET over its own summary: {report.gate}, {numbered(_drift(report), 'row')} of drift")
    if report.streak_days is None:
        yield claim.hold("no streak of clean days is stated")
    elif report.streak_days < days:
        yield claim.stop(f"MET over its own streak of {numbered(report.streak_days, 'day')}")


def _window(claim: Claim, newest: Report, folder: ReportFolder, wanted: list[date]) -> Iterator[Judgement]:
    files = {report.file_date: report for report in folder.reports}
    rows = Counter(day for day, _, _ in newest.window)
    if uneven := [day for day in wanted if rows[day] != 1]:
        yield claim.hold(f"its seven-day table lacks or repeats {days_named(uneven)}")
    if unread := [day for day in wanted if day not in files]:
        yield claim.hold(f"no file to compare its table with: {days_named(unread)}")
    for day in wanted:
        file = files.get(day)
        if file and newest.banner == "met" and (_failed(file) or _drift(file) > 0):
            yield claim.stop(f"MET over {day}, whose file says {file.gate!r}, {numbered(_drift(file), 'row')} of drift")
    for day, word, drift in newest.window:
        if day in wanted:
            yield from _row(claim, (day, word, drift), files.get(day), met=newest.banner == "met")


def _row(claim: Claim, row: tuple[date, str, int | None], file: Report | None, *, met: bool) -> Iterator[Judgement]:
    day, word, drift = row
    failed = _is(word, "FAIL")
    if failed or (drift or 0) > 0:
        yield claim.stop(f"its seven-day table says {word!r} with drift {drift or 0} on {day}")
    elif not _is(word, "PASS"):
        made = claim.stop if met and _is(word, "no report") else claim.hold
        yield made(f"its seven-day table says {word!r} on {day}")
    if not file:
        return
    hidden = _failed(file) or _drift(file) > 0
    if hidden and not failed:
        yield claim.stop(f"its seven-day table hides {day}: {word!r} there, {file.gate!r} in the day's file")
    elif not hidden and (failed or (drift or 0) != 0):
        yield claim.hold(f"its seven-day table and the file disagree on {day}")


def _unscanned(claim: Claim, report: Report, created: Iterable[datetime]) -> Iterator[Judgement]:
    day_begins = _midnight(report.file_date)
    before = sum(moment < day_begins for moment in created)
    by_the_end = sum(moment < day_begins + _DAY for moment in created)
    scanned = report.figures.get(SCANNED)
    if scanned is None:
        yield claim.hold(f"{report.file_date} does not say how many tenants it scanned")
    elif scanned == 0 and by_the_end:
        yield claim.hold(f"{report.file_date} scanned 0 tenants, though {by_the_end} existed (a baseline stamp?)")
    elif scanned < before:
        yield claim.hold(f"{report.file_date} scanned {numbered(scanned, 'tenant')} of the {before} that existed")
