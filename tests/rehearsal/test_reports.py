"""The reports of the world, day by day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from flipgate.rehearsal.reports import Reports, TenantFigures

CREATED = datetime(2026, 1, 1, tzinfo=UTC)
CLEAN = TenantFigures("north", CREATED, 0, 0)
DRIFTING = TenantFigures("south", CREATED, 0, 3)
MET = "✅ 7-day zero-delta gate: MET. Phase 2 cutover is unblocked from the reconciliation side."


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-03-{text}+00:00")


def generated(path: Path) -> datetime:
    (line,) = [line for line in path.read_text().splitlines() if line.startswith("Generated: ")]
    return datetime.fromisoformat(line.removeprefix("Generated: "))


def test_seven_days_end_today_and_meet_the_gate(tmp_path: Path) -> None:
    Reports(tmp_path, lambda: [CLEAN]).refresh(at("10T15:00"))
    assert [path.name for path in sorted(tmp_path.iterdir())] == [f"2026-03-{day:02}.md" for day in range(4, 11)]
    today = (tmp_path / "2026-03-10.md").read_text()
    assert today.startswith("# Org Model v2.3 reconciliation report: 2026-03-10\n")
    assert today.endswith(f"Consecutive clean days: 7\n\n{MET}\n")
    assert MET not in (tmp_path / "2026-03-09.md").read_text()


def test_no_report_is_generated_later_than_now_or_on_another_day(tmp_path: Path) -> None:
    for hour in ("00:00:00", "00:10:00", "07:59:59", "08:00:00", "23:59:59"):
        folder = tmp_path / hour
        folder.mkdir()
        Reports(folder, lambda: [CLEAN]).refresh(at(f"10T{hour}"))
        assert generated(folder / "2026-03-10.md") == min(at(f"10T{hour}"), at("10T08:00:00"))
        assert generated(folder / "2026-03-09.md") == at("09T08:00:00")


def test_a_day_that_begins_gets_its_report_and_the_others_stay(tmp_path: Path) -> None:
    reports = Reports(tmp_path, lambda: [CLEAN])
    reports.refresh(at("10T23:59:59"))
    before = {path.name: path.read_text() for path in tmp_path.iterdir()}
    reports.refresh(at("10T23:59:59") + timedelta(seconds=1))
    after = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert set(after) - set(before) == {"2026-03-11.md"}
    assert {name: after[name] for name in before} == before
    assert "Consecutive clean days: 8" in after["2026-03-11.md"]


def test_drift_fails_its_day_and_begins_the_count_anew(tmp_path: Path) -> None:
    seen = [CLEAN]
    reports = Reports(tmp_path, lambda: seen)
    reports.refresh(at("10T12:00"))
    seen = [CLEAN, DRIFTING]
    reports.refresh(at("11T12:00"))
    seen = [CLEAN]
    reports.refresh(at("12T12:00"))
    failed, next_day = ((tmp_path / f"2026-03-{day}.md").read_text() for day in (11, 12))
    assert "| Missing org_unit_memberships rows | 3 |\n| Gate | FAIL |" in failed
    assert "| south | 0 | 3 | FAIL |" in failed
    assert "Consecutive clean days: 0\n\n7-day zero-delta gate: NOT MET." in failed
    assert "| 2026-03-11 | FAIL | 1 | 0 | 3 |" in next_day
    assert "Consecutive clean days: 1\n" in next_day


def test_a_tenant_is_scanned_from_the_day_on_that_it_exists(tmp_path: Path) -> None:
    young = TenantFigures("young", at("09T07:00"), 0, 0)
    Reports(tmp_path, lambda: [CLEAN, young]).refresh(at("10T12:00"))
    scanned = [(tmp_path / f"2026-03-{day}.md").read_text().count("| young |") for day in ("08", "09", "10")]
    assert scanned == [0, 1, 1]
