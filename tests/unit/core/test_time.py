"""Windows are half-open and carry their zone; world time is server time plus the stated offset."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from flipgate.core.clock import Clock
from flipgate.core.window import Window, spoken

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def test_a_window_holds_its_start_and_not_its_end() -> None:
    window = Window(NOON, NOON + timedelta(minutes=10))
    assert NOON in window
    assert window.end not in window


def test_a_window_without_a_zone_is_an_error() -> None:
    with pytest.raises(ValueError, match="zone"):
        Window(datetime(2026, 3, 29, 12), NOON)  # noqa: DTZ001  the very thing that is refused


def test_a_window_that_ends_before_it_begins_is_an_error() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        Window(NOON, NOON - timedelta(seconds=1))


def test_slices_are_whole_and_counted_from_the_start() -> None:
    window = Window(NOON, NOON + timedelta(seconds=150))
    assert [one.start for one in window.slices(60)] == [NOON, NOON + timedelta(minutes=1)]
    assert [one.end for one in window.slices(75)] == [NOON + timedelta(seconds=75), window.end]
    assert list(window.slices(150)) == [window]
    assert list(window.slices(151)) == []


@pytest.mark.parametrize(("length_s", "kept_s"), [(0, 0), (1, 1), (149, 149), (150, 150), (151, 150)])
def test_the_last_part_of_a_window_never_reaches_before_its_start(length_s: float, kept_s: float) -> None:
    window = Window(NOON, NOON + timedelta(seconds=150))
    assert window.last(length_s) == Window(window.end - timedelta(seconds=kept_s), window.end)


def test_a_window_is_kept_and_told_in_utc() -> None:
    west = timezone(timedelta(hours=-8))
    window = Window(NOON.astimezone(west), NOON.astimezone(west) + timedelta(minutes=1))
    assert window.start.tzinfo is window.end.tzinfo is UTC
    assert str(window) == "2026-03-29 12:00:00–12:01:00 UTC"


def test_a_window_over_midnight_names_both_days() -> None:
    text = str(Window(NOON + timedelta(hours=11, minutes=55), NOON + timedelta(hours=12, minutes=5)))
    assert text == "2026-03-29 23:55:00–2026-03-30 00:05:00 UTC"


def test_an_aged_world_is_ahead_of_its_servers() -> None:
    clock = Clock(720.0, machine=lambda: NOON)
    assert clock.now() == NOON + timedelta(minutes=12)
    assert clock.to_server(clock.to_world(NOON)) == NOON
    assert clock.to_unix(clock.from_unix(1_000_000.0)) == 1_000_000.0


@pytest.mark.row("H10")
def test_a_day_of_23_hours_is_23_hours() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    end = datetime(2026, 3, 29, 12, tzinfo=berlin)
    assert Window(datetime(2026, 3, 28, 12, tzinfo=berlin), end).length_s == 23 * 3600
    assert Window.before(end, 24 * 3600).start == datetime(2026, 3, 28, 10, tzinfo=UTC)


@pytest.mark.row("H9")
def test_the_zone_of_a_machine_changes_nothing() -> None:
    west = timezone(timedelta(hours=-8))
    assert Clock(60.0, machine=lambda: NOON.astimezone(west)).now() == NOON + timedelta(minutes=1)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (1, "1 s"),
        (9.9, "9.9 s"),
        (9.95, "10 s"),
        (10.25, "10 s"),
        (7.25, "7.2 s"),
        (59.6, "60 s"),
        (60, "1 min"),
        (552, "9 min 12 s"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (86_400, "1 d"),
        (90_000, "1 d 1 h"),
    ],
)
def test_a_length_of_time_is_said_as_a_person_says_it(seconds: float, said: str) -> None:
    assert spoken(seconds) == said
