"""Which stretch of time does a measurement cover?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Window:
    """A half-open stretch of world time, [start, end). Both ends carry their zone, and are kept in UTC.

    Between two times of one zone Python counts by the clock on the wall, where a day of 23 hours has 24.
    """

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError(f"a window needs times with a zone: {self.start} to {self.end}")
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))
        if self.end < self.start:
            raise ValueError(f"a window cannot end before it begins: {self.start} to {self.end}")

    @classmethod
    def before(cls, end: datetime, length_s: float) -> Window:
        """Which window of this length ends at that time?"""
        utc = cls(end, end).end
        return cls(utc - timedelta(seconds=length_s), utc)

    def last(self, length_s: float) -> Window:
        """Which part of it lies in the last so many seconds?"""
        return Window(max(self.start, self.end - timedelta(seconds=length_s)), self.end)

    @property
    def length_s(self) -> float:
        return (self.end - self.start).total_seconds()

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def slices(self, length_s: float) -> Iterator[Window]:
        """Which whole windows of this length, counted from the start, lie inside? A shorter rest is left out."""
        step = timedelta(seconds=length_s)
        start = self.start
        while start + step <= self.end:
            yield Window(start, start + step)
            start += step

    def __str__(self) -> str:
        start, end = self.start, self.end
        end_text = f"{end:%H:%M:%S}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M:%S}"
        return f"{start:%Y-%m-%d %H:%M:%S}–{end_text} UTC"


def spoken(seconds: float) -> str:
    """How does a person say this length of time?

    >>> spoken(552), spoken(7200), spoken(7.25)
    ('9 min 12 s', '2 h', '7.2 s')
    """
    if seconds < 60:
        return (f"{seconds:.1f}".removesuffix(".0") if seconds < 9.95 else f"{seconds:.0f}") + " s"
    whole = round(seconds)
    parts = [(whole // 86400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "min"), (whole % 60, "s")]
    return " ".join(f"{count} {unit}" for count, unit in [part for part in parts if part[0]][:2])
