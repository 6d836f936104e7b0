"""How what was found is said: counts, and no more names than a reader takes in."""

from __future__ import annotations

from datetime import date

import pytest

from flipgate.gates.claim import days_named, named, numbered

DAYS = [date(2026, 4, day) for day in range(1, 9)]


@pytest.mark.parametrize(("count", "told"), [(5, "a, a, a, a, a"), (6, "a, a, a, a, a and 1 more")])
def test_five_things_are_named_and_the_rest_counted(count: int, told: str) -> None:
    assert named(["a"] * count) == told


@pytest.mark.parametrize(("count", "end"), [(7, "2026-04-07"), (8, "2026-04-07 and 1 more")])
def test_a_week_of_days_is_named(count: int, end: str) -> None:
    assert days_named(DAYS[:count]).endswith(end)


@pytest.mark.parametrize(
    ("count", "plural", "told"),
    [(1, "", "1 scan"), (2, "", "2 scans"), (0, "scanners", "0 scanners"), (12500.4, "", "12 500 scans")],
)
def test_a_count_is_said_with_its_noun(count: float, plural: str, told: str) -> None:
    assert numbered(count, "scan", plural) == told
