"""Do the servers and this machine agree on what time it is?"""

from __future__ import annotations

from flipgate.core.facts.environment import Skew
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named


@gate
def must_stay_within(its: Observation[Skew], *, limit_s: float) -> Judgement:
    """Is every server's clock within this much of this machine's?"""
    claim = Claim("clocks", f"every server within {limit_s:g} s of this machine")
    skews = its.value.skew_s
    if not skews:
        return claim.hold("no server stated its time")
    if off := [f"{server} {skew_s:+.3g} s" for server, skew_s in skews.items() if not abs(skew_s) <= limit_s]:
        return claim.hold(f"off: {named(off)}")
    return claim.go(named(f"{server} {skew_s:+.3g} s" for server, skew_s in skews.items()))
