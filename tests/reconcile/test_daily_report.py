"""What the generator writes is what the gate reads, day after day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flipgate.config.environment import Environment
from flipgate.config.environment import Reports as ReportsBlock
from flipgate.core.clock import Clock
from flipgate.core.errors import Refused
from flipgate.core.facts.reports import Report
from flipgate.core.report_text import MET, parsed
from flipgate.core.verdict import Verdict
from flipgate.gates import reports as gates
from flipgate.probes.systems import Systems
from flipgate.reconcile.command import Written, write
from flipgate.reconcile.figures import BASELINE, Comparison, Tally, TenantFigures
from flipgate.reconcile.folder import Folder
from flipgate.reconcile.target import Target

DAY = date(2026, 3, 10)
EIGHT = timedelta(hours=8)
OLD = datetime(2026, 1, 1, tzinfo=UTC)
DEV = Environment(name="dev", tier="dev", runbooks=("org_v23",))


def counted(*tenants: TenantFigures) -> Comparison:
    tally = Tally()
    for tenant in tenants:
        tally.add(tenant, OLD)
    return tally.comparison()


CLEAN = counted(TenantFigures("acme"), TenantFigures("zeta"))
DRIFTING = counted(TenantFigures("acme"), TenantFigures("zeta", 1, 2, 3, 4))


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + EIGHT


def put(folder: Path, day: date, seen: Comparison = CLEAN, now: datetime | None = None) -> Written:
    return write(Target(DEV, None, Folder(folder), Clock()), day, seen, now or at(day))


def week(folder: Path, until: date = DAY, seen: Comparison = CLEAN) -> None:
    for back in range(6, 0, -1):
        put(folder, until - timedelta(days=back), seen)


def read(folder: Path, day: date = DAY) -> Report:
    return parsed(day, (folder / f"{day}.md").read_bytes())


def test_a_week_of_reports_meets_the_gate(tmp_path: Path) -> None:
    week(tmp_path)
    assert not put(tmp_path, DAY).kept
    assert MET in (tmp_path / f"{DAY}.md").read_text()
    assert MET not in (tmp_path / f"{DAY - timedelta(days=1)}.md").read_text()
    folder = Systems(
        Environment(name="dev", tier="dev", runbooks=("org_v23",), reports=ReportsBlock(directory=str(tmp_path))),
        Clock(machine=lambda: at(DAY) + timedelta(hours=1)),
    ).reports.folder(7, [OLD, OLD])
    judges = (gates.days_must_pass, gates.each_must_be_of_its_day, gates.banner_must_agree)
    for judge in (*judges, gates.tenants_must_have_been_scanned):
        assert judge(folder, days=7).verdict is Verdict.GO, judge(folder, days=7)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    put(tmp_path, DAY, DRIFTING)
    seen = read(tmp_path)
    assert seen.problems == ()
    assert seen.figures == {
        "tenants scanned": 2,
        "tenants with drift": 1,
        "missing org_units rows": 1,
        "missing org_unit_memberships rows": 3,
        "other drift in org_units": 2,
        "other drift in org_unit_memberships": 4,
    }
    assert (seen.gate, seen.environment, seen.streak_days, seen.banner) == ("FAIL", "dev", 0, "not met")
    assert seen.tenants == (("acme", 0), ("zeta", 10))
    assert seen.window[0] == (DAY, "FAIL", 1 + 1 + 3 + 6)
    assert seen.window[1] == (DAY - timedelta(days=1), "no report", None)
    assert seen.generated_at == at(DAY)


@pytest.mark.parametrize("name", ["a | b", "<!--", "```", "| --- |", "[x](javascript:y)", "MET. \x1b[2J", "", "ж" * 99])
def test_a_tenant_may_have_any_name(tmp_path: Path, name: str) -> None:
    put(tmp_path, DAY, counted(TenantFigures(name), TenantFigures("zeta")))
    seen = read(tmp_path)
    assert seen.problems == ()
    assert len(seen.tenants) == 2


def test_tenants_that_are_not_listed_are_counted(tmp_path: Path) -> None:
    put(tmp_path, DAY, counted(*(TenantFigures(f"tenant {number}") for number in range(1500))))
    seen = read(tmp_path)
    assert (seen.problems, seen.figures["tenants scanned"], seen.tenants, seen.unlisted) == ((), 1500, (), 1500)


def test_no_tenant_is_no_table_of_tenants(tmp_path: Path) -> None:
    put(tmp_path, DAY, counted())
    assert "Per tenant" not in (tmp_path / f"{DAY}.md").read_text()
    assert read(tmp_path).problems == ()


def test_a_baseline_says_so_and_scanned_nobody(tmp_path: Path) -> None:
    put(tmp_path, DAY, BASELINE)
    seen = read(tmp_path)
    assert "Baseline: the stamp of an empty cluster." in (tmp_path / f"{DAY}.md").read_text()
    assert (seen.problems, seen.gate, seen.figures["tenants scanned"]) == ((), "PASS", 0)


def test_the_same_data_leave_the_same_bytes(tmp_path: Path) -> None:
    week(tmp_path)
    put(tmp_path, DAY)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert put(tmp_path, DAY, now=at(DAY) + timedelta(hours=5)).kept
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_other_data_are_written_over_it_with_their_own_time(tmp_path: Path) -> None:
    put(tmp_path, DAY)
    later = at(DAY) + timedelta(hours=5)
    assert not put(tmp_path, DAY, DRIFTING, later).kept
    assert (read(tmp_path).gate, read(tmp_path).generated_at) == ("FAIL", later)


def test_a_hand_that_edited_it_is_written_over(tmp_path: Path) -> None:
    put(tmp_path, DAY, DRIFTING)
    whole, path = read(tmp_path), tmp_path / f"{DAY}.md"
    path.write_text(path.read_text().replace("| Gate | FAIL |", "| Gate | PASS |"))
    assert not put(tmp_path, DAY, DRIFTING, at(DAY) + timedelta(seconds=1)).kept
    assert read(tmp_path).figures == whole.figures


def test_drift_ends_the_streak_and_a_missing_day_does_too(tmp_path: Path) -> None:
    assert [put(tmp_path, DAY + timedelta(days=day)).report.streak_days for day in range(3)] == [1, 2, 3]
    assert put(tmp_path, DAY + timedelta(days=3), DRIFTING).report.streak_days == 0
    assert put(tmp_path, DAY + timedelta(days=4)).report.streak_days == 1
    assert put(tmp_path, DAY + timedelta(days=6)).report.streak_days == 1


def test_the_streak_goes_on_beyond_the_window(tmp_path: Path) -> None:
    assert [put(tmp_path, DAY + timedelta(days=day)).report.streak_days for day in range(10)][-1] == 10


def test_stamps_of_nobody_count_only_while_there_was_nobody(tmp_path: Path) -> None:
    week(tmp_path, seen=BASELINE)
    assert put(tmp_path, DAY, BASELINE).report.met
    assert put(tmp_path, DAY, CLEAN).report.streak_days == 1
    young = Tally()
    young.add(TenantFigures("young"), at(DAY - timedelta(days=1)))
    assert put(tmp_path, DAY, young.comparison()).report.streak_days == 1
    newborn = Tally()
    newborn.add(TenantFigures("newborn"), at(DAY))
    assert put(tmp_path, DAY, newborn.comparison()).report.streak_days == 7


def test_a_report_of_an_earlier_day_says_that_it_is_late(tmp_path: Path) -> None:
    put(tmp_path, DAY, now=at(DAY) + timedelta(days=2))
    assert "Written after its day" in (tmp_path / f"{DAY}.md").read_text()
    assert read(tmp_path).problems == ()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "no single summary table"),
        (b"\xff", "not UTF-8"),
        (None, "is a symbolic link"),
    ],
)
def test_an_older_file_that_cannot_be_read_is_refused_and_nothing_is_written(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    older = tmp_path / f"{DAY - timedelta(days=2)}.md"
    if content is None:
        older.symlink_to("elsewhere")
    else:
        older.write_bytes(content)
    with pytest.raises(Refused, match=told):
        put(tmp_path, DAY)
    assert list(tmp_path.iterdir()) == [older]


def test_an_older_file_of_another_day_is_refused(tmp_path: Path) -> None:
    put(tmp_path, DAY - timedelta(days=2))
    (tmp_path / f"{DAY - timedelta(days=2)}.md").rename(tmp_path / f"{DAY - timedelta(days=1)}.md")
    with pytest.raises(Refused, match=r"2026-03-09\.md: its heading says 2026-03-08"):
        put(tmp_path, DAY)


def test_a_file_beyond_the_window_that_cannot_be_read_only_ends_the_streak(tmp_path: Path) -> None:
    week(tmp_path)
    (tmp_path / f"{DAY - timedelta(days=7)}.md").write_text("lost")
    assert put(tmp_path, DAY).report.streak_days == 7
