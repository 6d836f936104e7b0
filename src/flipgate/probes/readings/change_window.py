"""Is this a time at which the environment may be changed?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flipgate.config.environment import ChangeWindowAgreed
from flipgate.core.errors import NotConfigured
from flipgate.core.facts.environment import ChangeWindow
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.probes.systems import Systems

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAYS_BACK, _DAYS_AHEAD = 60, 8


def change_window(systems: Systems) -> Observation[ChangeWindow]:
    """Which agreed change window is open now, and which comes next?

    Window:  windows that touch are one; one that never closes is seen from 60 days back to 8 days ahead.
    Errors:  NotConfigured for a time zone that this machine does not know.
    """
    now, agreed = systems.clock.now(), systems.environment.change_window
    value = around(now, agreed) if agreed else ChangeWindow("", None, None, None)
    return Observation(value, "windows", "environment file", ("change_window",), now)


def around(now: datetime, agreed: ChangeWindowAgreed) -> ChangeWindow:
    """Which window of this agreement holds this moment, and which begins after it?"""
    windows = list(_merged(_windows(now, agreed)))
    current = next((window for window in windows if now in window), None)
    following = next((window.start for window in windows if window.start > now), None)
    said = f"{agreed.opens}–{agreed.closes} {agreed.timezone} on {', '.join(agreed.days)}"
    return ChangeWindow(said, current.start if current else None, current.end if current else None, following)


def _windows(now: datetime, agreed: ChangeWindowAgreed) -> Iterator[Window]:
    try:
        zone = ZoneInfo(agreed.timezone)
    except (KeyError, ValueError, OSError):
        raise NotConfigured("environment file", f"the time zone {agreed.timezone!r} is not known here") from None
    today = now.astimezone(zone).date()
    for away in range(-_DAYS_BACK, _DAYS_AHEAD + 1):
        day = today + timedelta(days=away)
        if _DAYS[day.weekday()] in agreed.days:
            start, end = _moment(day, agreed.opens, zone), _moment(day, agreed.closes, zone)
            if agreed.closes < agreed.opens:
                end = _moment(day + timedelta(days=1), agreed.closes, zone)
            # A clock that is put forward can leave nothing of a short window.
            if start < end:
                yield Window(start, end)


def _moment(day: date, time_of_day: str, zone: ZoneInfo) -> datetime:
    """Local wall time: 24:00 is the next midnight, however long the day was."""
    if time_of_day == "24:00":
        day, time_of_day = day + timedelta(days=1), "00:00"
    return datetime.combine(day, time.fromisoformat(time_of_day), zone).astimezone(UTC)


def _merged(windows: Iterator[Window]) -> Iterator[Window]:
    last: Window | None = None
    for window in windows:
        if last and window.start <= last.end:
            last = Window(last.start, max(last.end, window.end))
        else:
            if last:
                yield last
            last = window
    if last:
        yield last
