"""What was seen, where, when, and how was it asked?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from flipgate.core.window import Window

T = TypeVar("T")


@dataclass(frozen=True)
class Disturbance:
    """Something that happened at one moment and can spoil what was measured around it: a restart, another flip."""

    at: datetime
    what: str
    source: str


@dataclass(frozen=True)
class Observation(Generic[T]):
    """A fact with its circumstances.

    value     what was seen: a frozen dataclass of `flipgate.core.facts`.
    unit      of the figures in it, in words ("requests", "rows", "flags").
    source    the system that said so ("prometheus", "redis"), several joined by " + ".
    asked     the queries, as sent.
    taken_at  world time at which the answer was complete.
    window    the stretch of world time it speaks of; None for a fact of the moment.
    disturbed what is known to have happened inside that window; no gate says GO over it.
    """

    value: T
    unit: str
    source: str
    asked: tuple[str, ...]
    taken_at: datetime
    window: Window | None = None
    disturbed: tuple[Disturbance, ...] = ()
