"""The seven days' gate over files written by hand: every trap of the daily report, beside what only looks like one."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flipgate.config.environment import Reports as Block
from flipgate.core.clock import Clock
from flipgate.core.judgement import Judgement
from flipgate.core.report_text import MET
from flipgate.core.verdict import Verdict, worst
from flipgate.gates import reports as gates
from flipgate.probes.reports import Reports

GO, HOLD, STOP = Verdict.GO, Verdict.HOLD, Verdict.STOP
TODAY = date(2026, 5, 7)
NOON = datetime(2026, 5, 7, 12, tzinfo=UTC)
OLD = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC))
JUDGES = (
    gates.days_must_pass,
    gates.tenants_must_have_been_scanned,
    gates.each_must_be_of_its_day,
    gates.each_must_be_of_the_environment,
    gates.banner_must_agree,
)


def by_hand(day: date) -> str:
    rows = "\n".join(f"| {day - timedelta(days=back)} | PASS | 0 |" for back in range(7))
    return f"""# Reconciliation {day}

Generated: {day}T08:00:03Z

| Metric | Value |
|---|---|
| Tenants scanned | 2 |
| Tenants with drift | 0 |
| Missing org_units rows | 0 |
| Missing org_unit_memberships rows | 0 |
| Gate | PASS |

| Tenant | Drift |
|---|---|
| acme | 0 |
| zeta | 0 |

| Date | Gate | Drift |
|---|---|---|
{rows}

Consecutive clean days: 9

{MET}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return week(tmp_path, TODAY)


def week(at: Path, today: date) -> Path:
    for back in range(7):
        path(at, back, today).write_text(by_hand(today - timedelta(days=back)))
    return at


def path(folder: Path, back: int = 0, today: date = TODAY) -> Path:
    return folder / f"{today - timedelta(days=back)}.md"


def edit(folder: Path, back: int, old: str, new: str) -> None:
    text = path(folder, back).read_text()
    assert old in text
    path(folder, back).write_text(text.replace(old, new))


def judgements(folder: Path, now: datetime = NOON) -> list[Judgement]:
    seen = Reports(Block(directory=str(folder)), Clock(machine=lambda: now)).folder(7, OLD)
    seen = replace(seen, value=replace(seen.value, environment="dev"))
    return [judge(seen, days=7) for judge in JUDGES]


def verdict(folder: Path, now: datetime = NOON) -> Verdict:
    return worst(judgement.verdict for judgement in judgements(folder, now))


def said(folder: Path, now: datetime = NOON) -> str:
    return "; ".join(judgement.seen for judgement in judgements(folder, now) if judgement.verdict is not GO)


def test_seven_reports_by_hand_are_go(folder: Path) -> None:
    assert verdict(folder) is GO, said(folder)


@pytest.mark.parametrize("back", range(7))
def test_h1_seven_reports_with_a_day_missing_among_them_hold(folder: Path, back: int) -> None:
    (folder / f"{TODAY - timedelta(days=7)}.md").write_text(by_hand(TODAY - timedelta(days=7)))
    path(folder, back).unlink()
    assert (verdict(folder), f"{TODAY - timedelta(days=back)}" in said(folder)) == (HOLD, True)


@pytest.mark.parametrize("name", ["2026-05-04 (1).md", "2026-05-04.MD", "2026-05-04.md.md", "2026-5-04.md", "04.md"])
def test_h2_a_second_file_for_a_day_is_none_by_its_name(folder: Path, name: str) -> None:
    """A folder holds a name once, so a second report of a day has another name: alone it is a missing day."""
    shutil.copy(path(folder, 3), folder / name)
    assert verdict(folder) is GO
    path(folder, 3).unlink()
    assert verdict(folder) is HOLD


def test_h2_a_day_told_twice_under_two_days_names_is_a_copy(folder: Path) -> None:
    shutil.copy(path(folder, 3), path(folder, 2))
    assert (verdict(folder), "is a copy" in said(folder)) == (STOP, True)


def test_h3_a_report_of_tomorrow_holds(folder: Path) -> None:
    path(folder, -1).write_text(by_hand(TODAY + timedelta(days=1)))
    assert (verdict(folder), "2026-05-08" in said(folder)) == (HOLD, True)


def test_h4_yesterdays_report_under_todays_name_stops_however_new_the_file(folder: Path) -> None:
    shutil.copyfile(path(folder, 1), path(folder))
    os.utime(path(folder))
    assert (verdict(folder), "2026-05-07 is a copy" in said(folder)) == (STOP, True)


def test_h4_a_report_that_came_late_is_go(folder: Path) -> None:
    edit(folder, 2, "2026-05-05T08:00:03Z", "2026-05-06T17:20:00Z")
    assert verdict(folder) is GO


@pytest.mark.parametrize(
    ("old", "new", "verdict_wanted"),
    [
        ("Tenants scanned | 2", "Tenants scanned | 3", HOLD),
        ("| zeta | 0 |\n", "", HOLD),
        ("| zeta | 0 |", "| zeta | 3 |", STOP),
        ("Missing org_units rows | 0", "Missing org_units rows | 3", STOP),
        ("Tenants with drift | 0", "Tenants with drift | 1", STOP),
        ("| 2026-05-03 | PASS | 0 |", "| 2026-05-03 | PASS | 3 |", STOP),
    ],
)
def test_h5_totals_that_do_not_add_up(folder: Path, old: str, new: str, verdict_wanted: Verdict) -> None:
    edit(folder, 0, old, new)
    assert verdict(folder) is verdict_wanted, said(folder)


def test_h6_a_link_to_an_old_report_holds(folder: Path) -> None:
    older = path(folder, 9)
    older.write_text(by_hand(TODAY))
    path(folder).unlink()
    path(folder).symlink_to(older.name)
    assert (verdict(folder), "symbolic link" in said(folder)) == (HOLD, True)


def test_h6_a_report_that_lies_elsewhere_is_not_there(folder: Path) -> None:
    (folder / "old").mkdir()
    path(folder).rename(folder / "old" / path(folder).name)
    assert verdict(folder) is HOLD


def half(text: str) -> Iterator[str]:
    yield ""
    for mark in ("## ", "| Metric", "| Gate |", "| Date |", "Consecutive", "✅"):
        if mark in text:
            yield text.partition(mark)[0]


def test_h7_a_report_that_breaks_off_holds_wherever_it_does(folder: Path) -> None:
    for text in half(by_hand(TODAY)):
        path(folder).write_text(text)
        assert verdict(folder) is HOLD, text


def test_h8_just_after_midnight_todays_report_is_waited_for(folder: Path) -> None:
    path(folder).unlink()
    days = judgements(folder, datetime(2026, 5, 7, 0, 0, 5, tzinfo=UTC))[0]
    assert (days.verdict, days.ready_at) == (HOLD, datetime(2026, 5, 7, 8, tzinfo=UTC))


def test_h8_just_after_midnight_a_report_of_the_new_day_counts(folder: Path) -> None:
    edit(folder, 0, "2026-05-07T08:00:03Z", "2026-05-07T00:00:04Z")
    assert verdict(folder, datetime(2026, 5, 7, 0, 0, 5, tzinfo=UTC)) is GO


@pytest.fixture
def far_west() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "America/Los_Angeles"
    time.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


@pytest.mark.usefixtures("far_west")
def test_h9_a_laptop_far_in_the_west_judges_the_same_day(folder: Path) -> None:
    """It is still the evening of the sixth there."""
    assert verdict(folder, datetime(2026, 5, 7, 1, tzinfo=UTC).astimezone()) is HOLD
    assert "generated in the future" in said(folder, datetime(2026, 5, 7, 1, tzinfo=UTC).astimezone())
    assert verdict(folder, NOON.astimezone()) is GO


@pytest.mark.usefixtures("far_west")
@pytest.mark.parametrize("today", [date(2026, 3, 8), date(2026, 3, 11), date(2026, 11, 1), date(2026, 11, 4)])
def test_h10_a_week_in_which_local_clocks_change_is_seven_utc_days(tmp_path: Path, today: date) -> None:
    week(tmp_path, today)
    assert verdict(tmp_path, datetime(today.year, today.month, today.day, 12, tzinfo=UTC).astimezone()) is GO


@pytest.mark.parametrize("moment", ["2026-05-04T08:00:03", "2026-05-04 08:00:03", "2026-05-04", "2026-05-04T10+02"])
def test_h11_a_time_that_is_not_utc_holds(folder: Path, moment: str) -> None:
    edit(folder, 3, "2026-05-04T08:00:03Z", moment)
    assert (verdict(folder), "Generated" in said(folder)) == (HOLD, True)


@pytest.mark.parametrize("moment", ["2026-05-04T08:00:03Z", "2026-05-04T08:00:03.5Z", "2026-05-04T08:00:03+00:00"])
def test_h11_utc_may_be_written_either_way(folder: Path, moment: str) -> None:
    edit(folder, 3, "2026-05-04T08:00:03Z", moment)
    assert verdict(folder) is GO


@pytest.mark.parametrize("today", [date(2027, 1, 3), date(2028, 3, 2), date(2027, 3, 2)])
def test_h12_a_week_may_cross_a_year_and_a_leap_day(tmp_path: Path, today: date) -> None:
    week(tmp_path, today)
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    assert verdict(tmp_path, now) is GO
    path(tmp_path, 2, today).unlink()
    assert verdict(tmp_path, now) is HOLD


@pytest.mark.parametrize(("name", "wanted"), [("staging", STOP), ("dev", GO), ("Dev", GO), ("development", STOP)])
def test_h13_a_report_of_another_environment_stops(folder: Path, name: str, wanted: Verdict) -> None:
    edit(folder, 3, "\n\n| Metric", f"\nEnvironment: {name}\n\n| Metric")
    assert verdict(folder) is wanted, said(folder)


@pytest.mark.parametrize("back", [0, 3])
def test_h14_a_report_that_compared_nobody_holds(folder: Path, back: int) -> None:
    edit(folder, back, "Tenants scanned | 2", "Tenants scanned | 0")
    edit(folder, back, "| acme | 0 |\n| zeta | 0 |\n", "")
    assert (verdict(folder), "scanned 0 tenants, though 2 existed" in said(folder)) == (HOLD, True)


def test_a_banner_quoted_in_prose_is_none(folder: Path) -> None:
    edit(folder, 0, MET, f"The file has to say: {MET}")
    assert (verdict(folder), "there is no banner" in said(folder)) == (HOLD, True)


@pytest.mark.parametrize("back", range(1, 7))
def test_a_banner_over_a_day_that_failed_stops(folder: Path, back: int) -> None:
    edit(folder, back, "Gate | PASS |\n\n| Tenant", "Gate | FAIL |\n\n| Tenant")
    assert verdict(folder) is STOP


def test_today_by_local_time_is_not_today(tmp_path: Path) -> None:
    """Half an hour past midnight UTC, yesterday's week does not do, whatever day it is elsewhere."""
    week(tmp_path, TODAY)
    assert verdict(tmp_path, datetime(2026, 5, 8, 0, 30, tzinfo=UTC)) is HOLD
