"""The banner of today's report against its own tables and the other days' files."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flipgate.core.judgement import Judgement
from flipgate.gates.reports import banner_must_agree
from tests.unit.gates.given import GO, HOLD, STOP, TODAY, changed, clean_report, folder, says, seen, week

YESTERDAY = TODAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("banner", "told"),
    [
        ("absent", "there is no banner"),
        ("both", "both MET and NOT MET"),
        ("not met", "says NOT MET"),
        ("?", "unknown banner '?'"),
    ],
)
def test_any_banner_but_met_over_seven_passes_is_hold(banner: str, told: str) -> None:
    says(banner_must_agree(seen(folder(week(banner=banner))), days=7), HOLD, told)


def test_of_today_there_is_one_report() -> None:
    says(banner_must_agree(seen(folder(week()[:-1])), days=7), HOLD, "0 reports of today")
    says(banner_must_agree(seen(folder((*week(), clean_report(TODAY)))), days=7), HOLD, "2 reports of today")


def test_a_banner_over_a_failed_summary_is_stop() -> None:
    says(banner_must_agree(seen(folder(week(gate="FAIL"))), days=7), STOP, "its own summary")


def test_a_banner_over_another_days_failed_file_is_stop_and_the_table_hides_it() -> None:
    judgement = banner_must_agree(seen(folder(changed(week(), 5, gate="FAIL"))), days=7)
    says(judgement, STOP, "MET over 2026-04-21", "table hides 2026-04-21")


def test_a_hidden_drift_is_stop_without_a_banner_too() -> None:
    reports = changed(week(banner="absent"), 5, figures=clean_report(TODAY).figures | {"tenants with drift": 1})
    says(banner_must_agree(seen(folder(reports)), days=7), STOP, "hides 2026-04-21")


def with_row(word: str, drift: int | None, banner: str = "met", **yesterday: object) -> Judgement:
    rows = ((YESTERDAY, word, drift), *(one for one in clean_report(TODAY).window if one[0] != YESTERDAY))
    return banner_must_agree(seen(folder(changed(week(window=rows, banner=banner), 1, **yesterday))), days=7)


@pytest.mark.parametrize(
    ("word", "drift", "told"),
    [
        ("FAIL", 0, "'FAIL' with drift 0 on 2026-04-25"),
        ("FAIL", None, "'FAIL' with drift 0 on 2026-04-25"),
        ("PASS", 1, "'PASS' with drift 1 on 2026-04-25"),
        ("no report", None, "'no report' on 2026-04-25"),
    ],
)
def test_a_banner_that_its_own_table_contradicts_is_stop(word: str, drift: int | None, told: str) -> None:
    says(with_row(word, drift), STOP, told)


@pytest.mark.parametrize(
    ("word", "drift", "banner", "told"),
    [
        ("?", None, "met", "says '?' on 2026-04-25"),
        ("no report", None, "absent", "says 'no report' on 2026-04-25"),
        ("PASS", -1, "met", "the file disagree on 2026-04-25"),
        ("PASS", None, "absent", "there is no banner"),
    ],
)
def test_a_table_that_cannot_be_read_or_claims_nothing_is_hold(
    word: str, drift: int | None, banner: str, told: str
) -> None:
    says(with_row(word, drift, banner), HOLD, told)


def test_a_table_that_tells_a_failure_does_not_hide_it() -> None:
    told = with_row("FAIL", 1, "absent", gate="FAIL").seen
    assert ("hides" in told, "disagree" in told) == (False, False)
    assert with_row("PASS", None).verdict is GO


def test_a_table_that_tells_a_failure_of_which_the_file_knows_nothing_is_stop() -> None:
    says(with_row("FAIL", 0, "absent"), STOP, "'FAIL' with drift 0")


@pytest.mark.parametrize(("streak", "verdict"), [(7, GO), (8, GO), (6, STOP), (None, HOLD)])
def test_a_streak_shorter_than_the_days_contradicts_the_banner(streak: int | None, verdict: object) -> None:
    assert banner_must_agree(seen(folder(week(streak_days=streak))), days=7).verdict is verdict


def test_a_table_that_lacks_a_day_is_hold() -> None:
    says(banner_must_agree(seen(folder(week(window=clean_report(TODAY).window[:-1]))), days=7), HOLD, "2026-04-20")


def test_a_day_without_a_file_leaves_the_banner_unproved() -> None:
    says(banner_must_agree(seen(folder(week()[1:])), days=7), HOLD, "no file to compare")
