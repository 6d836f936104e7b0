"""The breaker of §11: after five bad minutes in a row this process leaves the cascade, until it is restarted."""

import math
from dataclasses import dataclass

THRESHOLD_S = 0.007
CONSECUTIVE_MINUTES = 5
LEAST_SAMPLES = 20
_MINUTE_S = 60.0


@dataclass
class Breaker:
    """Counts the checks of the cascade minute by minute; trips once."""

    tripped: bool = False
    _bad_minutes: int = 0
    _ends_at: float = 0.0
    _calls: float = 0.0
    _slow: float = 0.0

    def count(self, at: float, calls: float, slow: float) -> bool:
        """Takes checks that ended by then, and how many were slower than the threshold. Has that tripped it?"""
        trips = False
        # A live check can come in just before a span of the past is lived through: that is another minute too.
        if not self._ends_at - _MINUTE_S < at <= self._ends_at:
            trips = self._close()
            self._ends_at = math.ceil(at / _MINUTE_S) * _MINUTE_S
        self._calls += calls
        self._slow += slow
        return trips

    def age(self, seconds: float) -> None:
        self._ends_at -= seconds

    def _close(self) -> bool:
        """Ends a minute. Its p95 is above the threshold where more than one check in twenty was slower."""
        calls, slow, self._calls, self._slow = self._calls, self._slow, 0.0, 0.0
        if calls >= LEAST_SAMPLES:
            self._bad_minutes = self._bad_minutes + 1 if slow * 20 > calls else 0
        if self.tripped or self._bad_minutes < CONSECUTIVE_MINUTES:
            return False
        self.tripped = True
        return True
