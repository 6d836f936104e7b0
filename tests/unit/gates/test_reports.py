from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from flipgate.core.verdict import Verdict
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
    judgement = days_must_pass(seen(replace(folder(reports), today=today), at=at), days=7)
    says(judgement, GO, "7 of 7 days PASS, 2028-02-25 to 2028-03-02, zero drift")


def test_a_day_that_fails_is_stop() -> None:
    says(days_must_pass(seen(folder(changed(week(), 3, gate="FAIL"))), days=7), STOP, "2026-04-23", "FAIL")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"figures": figures() | {"missing org_units rows": 1}}, "missing org_units rows 1"),
        ({"tenants": (("acme", 0), ("globex", 1))}, "tenant globex 1"),
        ({"figures": {}, "tenants": (("acme", 0), ("globex", 1))}, "tenant globex 1"),
    ],
)
def test_a_single_row_of_drift_is_stop_and_named_alone(changes: dict[str, object], told: str) -> None:
    reports = changed(week(), 2, **changes)
    judgement = days_must_pass(seen(folder(reports)), days=7)
    assert (judgement.verdict, judgement.seen) == (STOP, f"2026-04-24 has drift under 'PASS': {told}")
    says(
        banner_must_agree(seen(folder(reports)), days=7), STOP, "MET over 2026-04-24, whose file says 'PASS', 1 row of"
    )
    says(
        banner_must_agree(seen(folder(week(**changes))), days=7), STOP, "MET over its own summary: PASS, 1 row of drift"
    )


@pytest.mark.parametrize("gate", ["PASS", "pass", "green", ""])
def test_drift_is_stop_under_any_word(gate: str) -> None:
    reports = changed(week(), 2, gate=gate, figures=figures() | {"missing org_units rows": 3})
    says(days_must_pass(seen(folder(reports)), days=7), STOP, "2026-04-24", "missing org_units rows 3")


def test_drift_in_the_per_tenant_table_alone_is_stop() -> None:
    reports = changed(week(), 0, tenants=(("acme", 0), ("globex", 4)))
    says(days_must_pass(seen(folder(reports)), days=7), STOP, "tenant globex 4")


@pytest.mark.parametrize(
    ("at", "is_waited_for"),
    [(datetime(2026, 4, 26, 7, 59, 59, tzinfo=UTC), True), (datetime(2026, 4, 26, 8, tzinfo=UTC), False)],
)
def test_the_daily_run_is_due_at_eight(at: datetime, *, is_waited_for: bool) -> None:
    assert (days_must_pass(seen(folder(week()[:-1]), at=at), days=7).ready_at is not None) is is_waited_for


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
        ({"figures": {}}, "0 tenants scanned, but 2 listed"),
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
    for at in (datetime(2026, 4, 27, tzinfo=UTC), datetime(2026, 4, 25, 23, 59, 59, tzinfo=UTC)):
        says(days_must_pass(seen(folder(week()), at=at), days=7), HOLD, "read again")


@pytest.mark.parametrize("hour", [0, 23])
def test_a_report_belongs_to_the_whole_of_its_day(hour: int) -> None:
    at = datetime(2026, 4, 26, hour, tzinfo=UTC)
    its = seen(folder(week(generated_at=datetime(2026, 4, 26, tzinfo=UTC))), at=at)
    says(days_must_pass(its, days=7), GO)
    says(each_must_be_of_its_day(its, days=7), GO)


def test_a_report_of_this_moment_is_not_from_the_future_and_one_without_a_table_no_copy() -> None:
    says(each_must_be_of_its_day(seen(folder(week(generated_at=NOW, window=()))), days=7), GO)


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


def test_two_reports_of_one_moment_are_copies() -> None:
    its = seen(folder(changed(week(), 1, generated_at=clean_report(TODAY).generated_at)))
    says(each_must_be_of_its_day(its, days=7), STOP, "generated at the same moment: 2026-04-25, 2026-04-26")


def test_a_file_dated_tomorrow_is_hold() -> None:
    later = folder(week(), later=(TODAY + timedelta(days=1),))
    says(each_must_be_of_its_day(seen(later), days=7), HOLD, "2026-04-27")


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


@pytest.mark.parametrize(
    ("scanned", "verdict", "told"),
    [
        (2, GO, "2 a day on 7 days"),
        (3, GO, "2, 3 a day"),
        (1, HOLD, "scanned 1 tenant of the 2 that existed"),
        (None, HOLD, "does not say how many"),
    ],
)
def test_fewer_tenants_scanned_than_existed_is_hold(scanned: int | None, verdict: Verdict, told: str) -> None:
    reports = changed(week(), 1, figures={} if scanned is None else figures(tenants_scanned=scanned))
    says(tenants_must_have_been_scanned(seen(folder(reports)), days=7), verdict, told)


def test_a_tenant_of_midnight_is_the_new_days() -> None:
    midnight = datetime(2026, 4, 26, tzinfo=UTC)
    none = tuple(replace(one, figures=figures(tenants_scanned=0)) for one in week())
    judgement = tenants_must_have_been_scanned(seen(replace(folder(none), tenants_created=(midnight,))), days=7)
    assert ("2026-04-26 scanned 0 tenants" in judgement.seen, "2026-04-25" in judgement.seen) == (True, False)
    born = replace(
        folder(week(figures=figures(tenants_scanned=2))), tenants_created=(*folder(()).tenants_created, midnight)
    )
    says(tenants_must_have_been_scanned(seen(born), days=7), GO)


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
