"""How do several observations become the one that a When step reads?"""

from __future__ import annotations

from typing import Any, TypeVar

from flipgate.core.observation import Observation
from flipgate.core.window import Window

T = TypeVar("T")


def joined(value: T, unit: str, *parts: Observation[Any], window: Window | None = None) -> Observation[T]:
    """Which observation has this value, all the sources and queries of its parts, and the time of the last of them?"""
    source = " + ".join(dict.fromkeys(part.source for part in parts))
    asked = tuple(query for part in parts for query in part.asked)
    return Observation(value, unit, source, asked, max(part.taken_at for part in parts), window)
