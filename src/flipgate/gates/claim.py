"""What does a gate claim, and how is what was found against it said to a reader at two in the morning?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flipgate.core.errors import visible
from flipgate.core.judgement import Judgement, together
from flipgate.core.verdict import Verdict
from flipgate.core.window import Window


@dataclass(frozen=True)
class Claim:
    """A subject and what the runbook allows it; a gate sets its findings against it."""

    subject: str
    limit: str

    def go(self, seen: str) -> Judgement:
        """What was measured and is within the limit?"""
        return Judgement(Verdict.GO, self.subject, seen, self.limit)

    def hold(self, seen: str, ready_at: datetime | None = None) -> Judgement:
        """What is lacking, and when is it worth asking again, if only time can mend it?"""
        return Judgement(Verdict.HOLD, self.subject, seen, self.limit, ready_at)

    def stop(self, seen: str) -> Judgement:
        """What meets the runbook's abort criterion?"""
        return Judgement(Verdict.STOP, self.subject, seen, self.limit)

    def against(self, findings: Iterable[Judgement], *, fine: str) -> Judgement:
        """What do the findings make? `fine` without any; so the caller has made sure that something was measured."""
        return together([self.go(fine), *findings], subject=self.subject, limit=self.limit, fine=fine)


def named(things: Iterable[object], most: int = 8) -> str:
    """How are several things named without flooding the reader?

    >>> named(["a", "b", "c"], most=2)
    'a, b and 1 more'
    """
    texts = [visible(str(thing)) for thing in things]
    rest = len(texts) - most
    return ", ".join(texts[:most]) + (f" and {rest} more" if rest > 0 else "")


def numbered(count: float, noun: str) -> str:
    """How is a count said?

    >>> numbered(1, "tenant"), numbered(12500, "request"), numbered(2, "series"), numbered(3, "patch")
    ('1 tenant', '12 500 requests', '2 series', '3 patches')
    """
    ending = "" if noun.endswith("series") or count == 1 else "es" if noun.endswith(("s", "ch")) else "s"
    return f"{count:,.0f} {noun}{ending}".replace(",", " ")


def percent(ratio: float) -> str:
    """How is a ratio said?

    >>> percent(0.005), percent(0.00499)
    ('0.5 %', '0.499 %')
    """
    return f"{ratio * 100:.4g} %"


def utc(moment: datetime) -> str:
    """How is a moment said?"""
    return f"{Window(moment, moment).end:%Y-%m-%d %H:%M:%S} UTC"


def days_named(days: Iterable[date]) -> str:
    """How are calendar days named?"""
    return named((day.isoformat() for day in days), most=7)
