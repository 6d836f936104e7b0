"""How what was found is said: counts, and no more names than a reader takes in."""

from __future__ import annotations

from datetime import date

import pytest

from flipgate.gates.claim import days_named, named, numbered

DAYS = [date(2026, 4, day) for day in range(1, 9)]


@pytest.mark.parametrize(("count", "told"), [(8, ", ".join("a" * 8)), (9, ", ".join("a" * 8) + " and 1 more")])
def test_eight_things_are_named_and_the_rest_counted(count: int, told: str) -> None:
    assert named(["a"] * count) == told


@pytest.mark.parametrize(("count", "end"), [(7, "2026-04-07"), (8, "2026-04-07 and 1 more")])
def test_a_week_of_days_is_named(count: int, end: str) -> None:
    assert days_named(DAYS[:count]).endswith(end)


@pytest.mark.parametrize(
    ("count", "noun", "told"),
    [
        (1, "scan", "1 scan"),
        (0, "scan", "0 scans"),
        (12500.4, "scan", "12 500 scans"),
        (2, "series", "2 series"),
        (1, "address", "1 address"),
        (2, "address", "2 addresses"),
    ],
)
def test_a_count_is_said_with_its_noun(count: float, noun: str, told: str) -> None:
    assert numbered(count, noun) == told
