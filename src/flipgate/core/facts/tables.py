"""Do the tables exist, how many rows have they, and how new is their newest row?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class TableState:
    """One table; rows and newest are None where it does not exist, newest is None where it is empty."""

    name: str
    exists: bool
    rows: int | None
    newest: datetime | None


@dataclass(frozen=True)
class LeverReading:
    """The tables that rollback stands on, beside the mirror tables that new writes reach."""

    legacy: tuple[TableState, ...]
    mirror: tuple[TableState, ...]
