from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from flipgate.gates.reports import (
    banner_must_agree,
    days_must_pass,
    each_must_be_of_its_day,
    each_must_be_of_the_environment,
    tenants_must_have_been_scanned,
)
from tests.unit.gates.given import GO, HOLD, NOW, STOP, TODAY, changed, clean_report, folder, says, seen, week

YESTERDAY = TODAY - timedelta(days=1)
ALL = (
    days_must_pass,
    each_must_be_of_its_day,
    each_must_be_of_the_environment,
    banner_must_agree,
    tenants_must_have_been_scanned,
)


def figures(**changes: int) -> dict[str, int]:
    return clean_report(TODAY).figures | {name.replace("_", " "): count for name, count in changes.items()}


@pytest.mark.parametrize("gate", ALL)
def test_seven_clean_days_are_go(gate: object) -> None:
    assert callable(gate)
    says(gate(seen(folder(week())), days=7), GO)


@pytest.mark.row("H12")
def test_a_week_over_a_leap_day_is_go() -> None:
    today = date(2028, 3, 2)
    reports = tuple(clean_report(today - timedelta(days=back)) for back in range(7))
    at = datetime(2028, 3, 2, 12, tzinfo=UTC)
    says(days_must_pass(seen(replace(folder(reports), today=today), at=at), days=7), GO)


def test_a_day_that_fails_is_stop() -> None:
    says(days_must_pass(seen(folder(changed(week(), 3, gate="FAIL"))), days=7), STOP, "2026-04-23", "FAIL")


@pytest.mark.parametrize("gate", ["PASS", "pass", "green", ""])
def test_drift_is_stop_under_any_word(gate: str) -> None:
    reports = changed(week(), 2, gate=gate, figures=figures() | {"missing org_units rows": 3})
    says(days_must_pass(seen(folder(reports)), days=7), STOP, "2026-04-24", "missing org_units rows 3")


def test_drift_in_the_per_tenant_table_alone_is_stop() -> None:
    reports = changed(week(), 0, tenants=(("acme", 0), ("globex", 4)))
    says(days_must_pass(seen(folder(reports)), days=7), STOP, "tenant globex 4")


@pytest.mark.row("H8")
def test_todays_report_is_waited_for_until_the_daily_run() -> None:
    early = datetime(2026, 4, 26, 7, 59, tzinfo=UTC)
    judgement = days_must_pass(seen(folder(week()[:-1]), at=early), days=7)
    says(judgement, HOLD, "2026-04-26")
    assert judgement.ready_at == datetime(2026, 4, 26, 8, tzinfo=UTC)


def test_todays_report_missing_after_the_daily_run_is_hold_that_no_waiting_ends() -> None:
    judgement = days_must_pass(seen(folder(week()[:-1])), days=7)
    says(judgement, HOLD, "today's report is not there")
    assert judgement.ready_at is None


def test_seven_reports_with_a_day_missing_among_them_are_hold() -> None:
    reports = (clean_report(TODAY - timedelta(days=7)), *(one for one in week() if one.file_date != YESTERDAY))
    says(days_must_pass(seen(folder(reports)), days=7), HOLD, "2026-04-25")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"problems": ("over 1 MB",)}, "over 1 MB"),
        ({"gate": "OK"}, "neither PASS nor FAIL"),
        ({"figures": {}}, "lacks"),
        ({"figures": figures() | {"missing org_units rows": -1}}, "negative"),
        ({"tenants": (("acme", 0),)}, "2 tenants scanned, but 1 listed"),
    ],
)
def test_a_report_that_is_not_whole_is_hold(changes: dict[str, object], word: str) -> None:
    says(days_must_pass(seen(folder(week(**changes))), days=7), HOLD, word)


def test_two_reports_of_one_day_are_hold() -> None:
    says(days_must_pass(seen(folder((*week(), clean_report(YESTERDAY)))), days=7), HOLD, "more than one")


def test_a_reading_as_of_another_day_than_the_utc_one_is_hold() -> None:
    tomorrow = seen(folder(week()), at=NOW + timedelta(days=1))
    says(days_must_pass(tomorrow, days=7), HOLD, "read again")


def test_a_copy_under_todays_name_is_stop_by_its_heading() -> None:
    copy = replace(clean_report(YESTERDAY), file_date=TODAY)
    judgement = each_must_be_of_its_day(seen(folder((*week()[:-1], copy))), days=7)
    says(judgement, STOP, "2026-04-26 is a copy: its heading says 2026-04-25", "the same bytes")


@pytest.mark.parametrize(
    "changes",
    [
        {"generated_at": datetime(2026, 4, 25, 23, 59, 59, tzinfo=UTC)},
        {"window": clean_report(YESTERDAY).window},
        {"generated_at": clean_report(YESTERDAY).generated_at, "sha256": "edited"},
    ],
)
def test_a_copy_whose_heading_was_edited_is_still_stop(changes: dict[str, object]) -> None:
    says(each_must_be_of_its_day(seen(folder(week(**changes))), days=7), STOP, "2026-04-26")


@pytest.mark.parametrize("hours", [0, 20])
def test_a_report_generated_late_is_still_its_days(hours: int) -> None:
    late = datetime(2026, 4, 25, 15, tzinfo=UTC) + timedelta(hours=hours)
    says(each_must_be_of_its_day(seen(folder(changed(week(), 1, generated_at=late))), days=7), GO)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"heading_date": None}, "no date inside"),
        ({"generated_at": None}, "when it was generated"),
        ({"generated_at": NOW + timedelta(seconds=1)}, "future"),
    ],
)
def test_a_report_whose_day_cannot_be_told_is_hold(changes: dict[str, object], word: str) -> None:
    says(each_must_be_of_its_day(seen(folder(week(**changes))), days=7), HOLD, word)


def test_a_naive_generation_time_is_hold() -> None:
    naive = datetime(2026, 4, 26, 8)  # noqa: DTZ001  the trap itself
    says(each_must_be_of_its_day(seen(folder(week(generated_at=naive))), days=7), HOLD, "zone")


def test_a_file_dated_tomorrow_is_hold() -> None:
    later = folder(week(), later=(TODAY + timedelta(days=1),))
    says(each_must_be_of_its_day(seen(later), days=7), HOLD, "2026-04-27")


@pytest.mark.parametrize("banner", ["absent", "both", "not met", "?"])
def test_any_banner_but_met_over_seven_passes_is_hold(banner: str) -> None:
    says(banner_must_agree(seen(folder(week(banner=banner))), days=7), HOLD)


def test_a_banner_over_a_failed_summary_is_stop() -> None:
    says(banner_must_agree(seen(folder(week(gate="FAIL"))), days=7), STOP, "its own summary")


def test_a_banner_over_another_days_failed_file_is_stop_and_the_table_hides_it() -> None:
    judgement = banner_must_agree(seen(folder(changed(week(), 5, gate="FAIL"))), days=7)
    says(judgement, STOP, "MET over 2026-04-21", "table hides 2026-04-21")


def test_a_hidden_drift_is_stop_without_a_banner_too() -> None:
    reports = changed(week(banner="absent"), 5, figures=figures() | {"tenants with drift": 1})
    says(banner_must_agree(seen(folder(reports)), days=7), STOP, "hides 2026-04-21")


@pytest.mark.parametrize("row", [("FAIL", 0), ("PASS", 2), ("no report", None)])
def test_a_banner_that_its_own_table_contradicts_is_stop(row: tuple[str, int | None]) -> None:
    rows = ((YESTERDAY, *row), *(one for one in clean_report(TODAY).window if one[0] != YESTERDAY))
    says(banner_must_agree(seen(folder(week(window=rows))), days=7), STOP, "2026-04-25")


@pytest.mark.parametrize(("streak", "verdict"), [(7, GO), (8, GO), (6, STOP), (None, HOLD)])
def test_a_streak_shorter_than_the_days_contradicts_the_banner(streak: int | None, verdict: object) -> None:
    assert banner_must_agree(seen(folder(week(streak_days=streak))), days=7).verdict is verdict


def test_a_table_that_lacks_a_day_is_hold() -> None:
    says(banner_must_agree(seen(folder(week(window=clean_report(TODAY).window[:-1]))), days=7), HOLD, "2026-04-20")


def test_a_day_without_a_file_leaves_the_banner_unproved() -> None:
    says(banner_must_agree(seen(folder(week()[1:])), days=7), HOLD, "no file to compare")


def test_zero_tenants_scanned_while_none_exists_is_go() -> None:
    reports = tuple(replace(one, figures=figures(tenants_scanned=0), tenants=()) for one in week())
    none = replace(folder(reports), tenants_created=())
    says(tenants_must_have_been_scanned(seen(none), days=7), GO)
    says(days_must_pass(seen(none), days=7), GO)


def test_zero_tenants_scanned_on_a_day_on_which_one_existed_is_hold() -> None:
    reports = tuple(replace(one, figures=figures(tenants_scanned=0), tenants=()) for one in week())
    born = replace(folder(reports), tenants_created=(datetime(2026, 4, 24, 23, tzinfo=UTC),))
    judgement = tenants_must_have_been_scanned(seen(born), days=7)
    says(judgement, HOLD, "2026-04-24", "2026-04-26")
    assert "2026-04-23" not in judgement.seen


@pytest.mark.parametrize(("scanned", "verdict"), [(2, GO), (3, GO), (1, HOLD)])
def test_fewer_tenants_scanned_than_existed_is_hold(scanned: int, verdict: object) -> None:
    reports = changed(week(), 1, figures=figures(tenants_scanned=scanned))
    assert tenants_must_have_been_scanned(seen(folder(reports)), days=7).verdict is verdict


def test_drift_that_exists_only_in_the_mirror_is_stop() -> None:
    reports = changed(week(), 2, figures=figures() | {"other drift in org_units": 3})
    says(days_must_pass(seen(folder(reports)), days=7), STOP, "2026-04-24", "other drift in org_units 3")


@pytest.mark.parametrize(("unlisted", "verdict"), [(1, GO), (0, HOLD), (2, HOLD)])
def test_tenants_that_are_counted_without_a_row_count(unlisted: int, verdict: object) -> None:
    reports = changed(week(), 1, figures=figures(tenants_scanned=3), unlisted=unlisted)
    assert days_must_pass(seen(folder(reports)), days=7).verdict is verdict


def test_a_report_of_another_environment_is_stop() -> None:
    judgement = each_must_be_of_the_environment(seen(folder(changed(week(), 3, environment="staging"))), days=7)
    says(judgement, STOP, "2026-04-23 is a report of 'staging'")


def test_reports_that_name_this_environment_or_none_are_go() -> None:
    named = changed(changed(week(), 3, environment="dev"), 2, environment="Dev")
    says(each_must_be_of_the_environment(seen(folder(named)), days=7), GO, "2 of 7 reports name it")


def test_no_report_and_no_name_to_compare_with_are_hold() -> None:
    says(each_must_be_of_the_environment(seen(folder(())), days=7), HOLD, "no report of the last 7 days")
    nameless = replace(folder(week()), environment="")
    says(each_must_be_of_the_environment(seen(nameless), days=7), HOLD, "no name to compare")
