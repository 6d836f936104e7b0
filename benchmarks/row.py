"""What was measured, and what may it be at most?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One bound of one benchmark. `detail` says from which figures the measured one comes."""

    name: str
    measured: float
    bound: float
    detail: str = ""

    @property
    def holds(self) -> bool:
        """False for NaN too: what was not measured does not hold."""
        return self.measured <= self.bound
