"""What does a gate answer, and what do many answers make together?"""

from __future__ import annotations

import enum
from collections.abc import Iterable


class Verdict(enum.Enum):
    """GO: measured and within the limit. HOLD: could not tell, or not yet. STOP: the abort criterion is met."""

    GO = "GO"
    HOLD = "HOLD"
    STOP = "STOP"

    def __bool__(self) -> bool:
        raise TypeError("a verdict is one of three answers, never true or false: compare it with `is`")

    @property
    def exit_status(self) -> int:
        """The status that a stage run ends with: 0, 10 or 20 (30, refused, is no verdict)."""
        return _EXIT_STATUS[self]


_SEVERITY = {Verdict.GO: 0, Verdict.HOLD: 1, Verdict.STOP: 2}
_EXIT_STATUS = {Verdict.GO: 0, Verdict.HOLD: 10, Verdict.STOP: 20}
REFUSED_STATUS = 30


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """What do these answers make together? The worst of them; nothing at all makes HOLD, never GO.

    >>> worst([Verdict.GO, Verdict.STOP, Verdict.HOLD])
    <Verdict.STOP: 'STOP'>
    >>> worst([])
    <Verdict.HOLD: 'HOLD'>
    """
    return max(verdicts, key=_SEVERITY.__getitem__, default=Verdict.HOLD)


def at_most_hold(verdict: Verdict) -> Verdict:
    """What does a guard make of an answer? It withholds GO, it never stops."""
    return Verdict.HOLD if verdict is Verdict.STOP else verdict
