"""How do several observations become the one that a When step reads?"""

from __future__ import annotations

from typing import Any, TypeVar

from flipgate.core.observation import Observation
from flipgate.core.window import Window

T = TypeVar("T")


def joined(value: T, unit: str, *parts: Observation[Any], window: Window | None = None) -> Observation[T]:
    """Which observation has this value, all that its parts tell of themselves, and the time of the last of them?"""
    source = " + ".join(dict.fromkeys(part.source for part in parts))
    asked = tuple(query for part in parts for query in part.asked)
    disturbed = tuple(dict.fromkeys(one for part in parts for one in part.disturbed))
    return Observation(value, unit, source, asked, max(part.taken_at for part in parts), window, disturbed)
