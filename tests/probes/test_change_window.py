"""The agreed change window: zones, summer time, midnight, windows that touch."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from flipgate.config.environment import ChangeWindowAgreed, Day
from flipgate.core.errors import NotConfigured
from flipgate.core.facts.environment import ChangeWindow
from flipgate.probes.readings.change_window import around

WEEKDAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")
ALL: tuple[Day, ...] = (*WEEKDAYS, "sat", "sun")


def agreed(opens: str, closes: str, timezone: str = "UTC", days: tuple[Day, ...] = ALL) -> ChangeWindowAgreed:
    return ChangeWindowAgreed(timezone=timezone, opens=opens, closes=closes, days=days)


def utc(day: int, hour: int = 0, minute: int = 0, *, month: int = 5) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


def ends(window: ChangeWindow) -> tuple[datetime | None, datetime | None]:
    return window.opened_at, window.closes_at


# 2026-05-01 is a Friday.
@pytest.mark.parametrize(
    ("now", "opened", "closes", "following"),
    [
        (utc(1, 8, 59), None, None, utc(1, 9)),
        (utc(1, 9), utc(1, 9), utc(1, 17), utc(4, 9)),
        (utc(1, 16, 59), utc(1, 9), utc(1, 17), utc(4, 9)),
        (utc(1, 17), None, None, utc(4, 9)),
        (utc(2, 12), None, None, utc(4, 9)),
    ],
)
def test_a_window_is_half_open_and_knows_the_next(
    now: datetime, opened: datetime | None, closes: datetime | None, following: datetime
) -> None:
    seen = around(now, agreed("09:00", "17:00", days=WEEKDAYS))
    assert (*ends(seen), seen.next_opens_at) == (opened, closes, following)
    assert seen.agreed == "09:00–17:00 UTC on mon, tue, wed, thu, fri"


@pytest.mark.parametrize("now", [utc(1, 23), utc(2, 1, 59)])
def test_a_window_over_midnight_belongs_to_the_day_on_which_it_opens(now: datetime) -> None:
    friday_night = agreed("22:00", "02:00", days=("fri",))
    assert ends(around(now, friday_night)) == (utc(1, 22), utc(2, 2))
    assert around(utc(1, 1), friday_night).opened_at is None


def test_the_time_of_day_is_the_zones_own_summer_and_winter() -> None:
    berlin = agreed("09:00", "17:00", "Europe/Berlin")
    assert ends(around(utc(1, 8, month=1), berlin)) == (utc(1, 8, month=1), utc(1, 16, month=1))
    assert ends(around(utc(1, 8, month=7), berlin)) == (utc(1, 7, month=7), utc(1, 15, month=7))


def test_a_night_on_which_the_clock_changes_is_an_hour_shorter_or_longer() -> None:
    nights = agreed("22:00", "06:00", "Europe/Berlin")
    spring, autumn = around(utc(28, 23, month=3), nights), around(utc(24, 23, month=10), nights)
    assert spring.opened_at and spring.closes_at
    assert spring.closes_at - spring.opened_at == timedelta(hours=7)
    assert autumn.opened_at and autumn.closes_at
    assert autumn.closes_at - autumn.opened_at == timedelta(hours=9)


def test_windows_that_touch_are_one() -> None:
    weekend = agreed("00:00", "24:00", days=("sat", "sun"))
    seen = around(utc(3, 12), weekend)
    assert (*ends(seen), seen.next_opens_at) == (utc(2), utc(4), utc(9))


def test_a_window_that_never_closes_is_seen_from_sixty_days_back() -> None:
    seen = around(utc(1, 12), agreed("00:00", "24:00"))
    assert (seen.opened_at, seen.next_opens_at) == (utc(1) - timedelta(days=60), None)
    assert seen.closes_at
    assert seen.closes_at > utc(8)


def test_a_window_without_length_never_opens() -> None:
    seen = around(utc(1, 9), agreed("09:00", "09:00"))
    assert (*ends(seen), seen.next_opens_at) == (None, None, None)


@pytest.mark.parametrize("timezone", ["Mars/Olympus", "../etc/passwd", ""])
def test_an_unknown_zone_is_said_so(timezone: str) -> None:
    with pytest.raises(NotConfigured, match="time zone"):
        around(utc(1), agreed("09:00", "17:00", timezone or " "))
