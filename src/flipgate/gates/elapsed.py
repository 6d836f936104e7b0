"""Has enough time passed since the flip?"""

from __future__ import annotations

from datetime import timedelta

from flipgate.core.facts.history import Flip
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.window import spoken
from flipgate.gates.claim import Claim, utc


@gate
def must_have_passed(its: Observation[Flip], *, length_s: float) -> Judgement:
    """Has this length of time passed since the flag took its present value?"""
    flip = its.value
    who = flip.source or "nobody"
    claim = Claim(f'time since the flip of "{flip.flag}"', f"at least {spoken(length_s)}")
    if flip.at is None:
        return claim.hold("the time of the flip is unknown")
    if flip.not_before and flip.at < flip.not_before:
        other = f"the other value was still seen at {utc(flip.not_before)}"
        return claim.hold(f"{who} says {utc(flip.at)}, but {other}")
    if flip.at > its.taken_at:
        return claim.hold(f"{who} says {utc(flip.at)}, which is in the future")
    passed_s = (its.taken_at - flip.at).total_seconds()
    seen = f"{spoken(passed_s)} since {utc(flip.at)} (by {who})"
    return claim.go(seen) if passed_s >= length_s else claim.hold(seen, flip.at + timedelta(seconds=length_s))
