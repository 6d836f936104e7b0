"""Do policies conflict more often than before the flip?"""

from __future__ import annotations

import math

from flipgate.core.facts.conflicts import ConflictReading
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.window import spoken
from flipgate.gates.claim import Claim, numbered


@gate
def conflicts_must_not_spike(its: Observation[ConflictReading], *, factor: float, rows: int) -> Judgement:
    """Are there not both more than so many times the conflicts of the baseline, and so many rows more?"""
    seen, before = its.value.rows, its.value.per_hour_before
    claim = Claim("policy conflicts", f"at most {factor:g} times the baseline's rate, or fewer than {rows} rows more")
    if its.window is None or not its.window.length_s:
        return claim.hold("the time of the flip is unknown, or now")
    if not 0 <= before < math.inf or seen < 0:
        return claim.hold("no rate of before the flip")
    expected = before * its.window.length_s / 3600
    told = (
        f"{numbered(seen, 'row')} in {spoken(its.window.length_s)}, {expected:.1f} expected by the baseline's "
        f"{before:g} an hour"
    )
    if seen > factor * expected and seen - expected >= rows:
        return claim.stop(told)
    return claim.go(told)
