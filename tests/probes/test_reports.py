"""The daily reports: what a well-formed one says, and every way in which one is not."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from flipgate.config.environment import Reports as Block
from flipgate.core.clock import Clock
from flipgate.core.errors import NoData
from flipgate.core.facts.reports import Report
from flipgate.core.report_text import MET, parsed
from flipgate.probes.reports import Reports

DAY = date(2026, 5, 7)
WINDOW_ROWS = "\n".join(f"| 2026-05-0{day} | PASS | 0 | 0 | 0 |" for day in range(7, 1, -1))
TEXT = f"""\
# Reconciliation report: 2026-05-07

Generated: 2026-05-07T08:00:03Z

## Summary

| Metric | Value |
| --- | ---: |
| Tenants scanned | 2 |
| Tenants with drift | 0 |
| Missing org_units rows | 0 |
| Missing org_unit_memberships rows | 0 |
| Gate | PASS |

## Per tenant

| Tenant | Missing org_units rows | Missing org_unit_memberships rows | Gate |
|---|---|---|---|
| acme | 0 | 0 | PASS |
| zeta | 1 | 2 | PASS |

## Last seven days

| Date | Gate | Tenants with drift | Missing org_units rows | Missing org_unit_memberships rows |
|---|---|---|---|---|
{WINDOW_ROWS}
| 2026-05-01 | no report |  |  |  |

Consecutive clean days: 6

{MET}
"""


def report(text: str) -> Report:
    return parsed(DAY, text.encode())


def test_a_whole_report_is_read() -> None:
    seen = report(TEXT)
    assert seen.problems == ()
    assert (seen.file_date, seen.heading_date, seen.gate, seen.streak_days, seen.banner) == (DAY, DAY, "PASS", 6, "met")
    assert seen.generated_at == datetime(2026, 5, 7, 8, 0, 3, tzinfo=UTC)
    assert seen.figures == {
        "tenants scanned": 2,
        "tenants with drift": 0,
        "missing org_units rows": 0,
        "missing org_unit_memberships rows": 0,
    }
    assert seen.tenants == (("acme", 0), ("zeta", 3))
    assert seen.window[0] == (DAY, "PASS", 0)
    assert seen.window[6] == (date(2026, 5, 1), "no report", None)
    assert seen.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + TEXT,
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("\n\n", "\n\n\n\n"),
        TEXT.replace("| Metric | Value |", "| METRIC | value |").replace("| Date | Gate |", "| DATE | GATE |"),
        TEXT.replace("| Value |\n| --- | ---: |", "| Value | Note |\n| --- | ---: | --- |"),
        TEXT.replace("## Per tenant", "> " + MET + "\n\n## Per tenant"),
    ],
    ids=["BOM", "CRLF", "blank lines", "case of headers", "a further column", "a quoted banner beside the real one"],
)
def test_the_same_report_in_other_clothes_reads_the_same(text: str) -> None:
    plain, other = report(TEXT), report(text)
    assert other.problems == ()
    assert (other.figures, other.gate, other.window, other.banner) == (plain.figures, plain.gate, plain.window, "met")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("# Reconciliation report: 2026-05-07", "# Reconciliation report", "heading"),
        ("Generated: 2026-05-07T08:00:03Z", "Generated: 2026-05-07T08:00:03", "Generated"),
        ("Generated: 2026-05-07T08:00:03Z", "Generated: 2026-05-07T10:00:03+02:00", "Generated"),
        ("Generated: 2026-05-07T08:00:03Z", "Generated: yesterday", "Generated"),
        ("| Gate | PASS |\n\n", "| Gate | GREEN |\n\n", "GREEN"),
        ("| Gate | PASS |\n\n", "| Gate | PASS |\n| Gate | FAIL |\n\n", "repeats gate"),
        ("| Tenants scanned | 2 |", "| Tenants scanned | two |", "no whole number"),
        ("| Tenants scanned | 2 |", "| Tenants scanned | 2e0 |", "no whole number"),
        ("| Tenants scanned | 2 |", "| Tenants scanned | \u0662 |", "no whole number"),
        ("## Per tenant", "| Metric | Value |\n|---|---|\n| Gate | FAIL |\n\n## Per tenant", "2 summary tables"),
        ("| Metric | Value |", "| Figure | Value |", "no single summary table"),
        ("| Date | Gate |", "| Day | Gate |", "no single seven-day table"),
        ("| 2026-05-03 | PASS", "| 2026-05-32 | PASS", "2026-05-32"),
        ("| 2026-05-03 | PASS | 0", "| 2026-05-03 | PASS | none", "no whole number"),
        ("Consecutive clean days: 6", "Consecutive clean days: many", "Consecutive clean days"),
        ("Consecutive clean days: 6", "Consecutive clean days: 6\nConsecutive clean days: 7", "Consecutive clean days"),
        (
            "| Tenant | Missing org_units rows | Missing org_unit_memberships rows | Gate |",
            "| Tenant | A | B | Gate |",
            "drift",
        ),
    ],
)
def test_what_is_not_in_order_is_a_problem_in_words(old: str, new: str, problem: str) -> None:
    assert old in TEXT
    assert problem in "; ".join(report(TEXT.replace(old, new)).problems)


@pytest.mark.parametrize(
    ("instead", "banner"),
    [
        ("", "absent"),
        ("> " + MET, "absent"),
        ("```\n" + MET + "\n```", "absent"),
        ("````\n```\n" + MET + "\n````", "absent"),
        ("    " + MET, "absent"),
        ("<!--\n" + MET + "\n-->", "absent"),
        ("The file must say: " + MET, "absent"),
        (MET.lower(), "absent"),
        (MET.replace("MET.", "MET"), "absent"),
        ("7-day zero-delta gate: NOT MET.", "not met"),
        (MET + "\n\n7-day zero-delta gate: NOT MET.", "both"),
        (MET + "  ", "met"),
    ],
)
def test_only_a_line_of_its_own_is_the_banner(instead: str, banner: str) -> None:
    assert report(TEXT.replace(MET, instead)).banner == banner


@pytest.mark.parametrize(
    "content", [b"", b"\x00", b"\xff\xfe#\x00", b"|", b"|---|\n", b"|\n|-|\n", b"```\n" + TEXT.encode()]
)
def test_hostile_bytes_are_a_report_with_problems(content: bytes) -> None:
    seen = parsed(DAY, content)
    assert seen.problems
    assert (seen.gate, seen.banner) == ("", "absent")


def folder(at: Path, *, offset_s: float = 0.0) -> Reports:
    # 23:30 UTC on the day; an hour ahead it is the next one.
    return Reports(Block(directory=str(at)), Clock(offset_s, lambda: datetime(2026, 5, 7, 23, 30, tzinfo=UTC)))


def test_only_days_asked_for_are_read_and_later_ones_are_named(tmp_path: Path) -> None:
    for name in (
        "2026-05-07.md",
        "2026-05-01.md",
        "2026-04-30.md",
        "2026-05-09.md",
        "README.md",
        "2026-13-01.md",
        "20260506.md",
    ):
        (tmp_path / name).write_text(TEXT)
    seen = folder(tmp_path).folder(7, [datetime(2026, 5, 2, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)]).value
    assert [one.file_date for one in seen.reports] == [date(2026, 5, 1), DAY]
    assert (seen.today, seen.later) == (DAY, (date(2026, 5, 9),))
    assert [moment.day for moment in seen.tenants_created] == [1, 2]


def test_today_is_the_day_of_the_world_that_is_judged(tmp_path: Path) -> None:
    assert folder(tmp_path, offset_s=3600).folder(7, []).value.today == date(2026, 5, 8)


def test_no_folder_is_no_data(tmp_path: Path) -> None:
    with pytest.raises(NoData):
        folder(tmp_path / "absent").folder(7, [])


def spoil(path: Path, way: str) -> None:
    if way == "symbolic link":
        (path.parent / "real").write_text(TEXT)
        path.symlink_to("real")
    elif way == "no regular file":
        os.mkfifo(path)
    elif way == "larger than":
        path.write_bytes(b" " * 1_000_001)
    else:
        path.mkdir()


@pytest.mark.parametrize("way", ["symbolic link", "no regular file", "larger than", "regular file"])
def test_what_is_no_plain_file_is_a_report_with_a_problem(tmp_path: Path, way: str) -> None:
    spoil(tmp_path / "2026-05-07.md", way)
    (seen,) = folder(tmp_path).folder(7, []).value.reports
    assert way in seen.problems[0]
    assert (seen.gate, seen.banner, seen.sha256) == ("", "absent", "")
