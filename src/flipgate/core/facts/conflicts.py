"""How many policy conflicts were detected?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ConflictReading:
    """Rows of `policy_conflicts` by `detected_at` over the window, and how many an hour there were at the baseline."""

    rows: int
    per_hour_before: float
