"""Is now a time at which a change is agreed?"""

from __future__ import annotations

from flipgate.core.facts.environment import ChangeWindow
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.window import spoken
from flipgate.gates.claim import Claim, named, utc


@gate
def must_be_open(its: Observation[ChangeWindow]) -> Judgement:
    """Does now fall within the agreed change window?"""
    window, now = its.value, its.taken_at
    claim = Claim("change window", f"now within the agreed window, {named([window.agreed])}")
    if not window.agreed:
        return claim.hold("none is agreed")
    if (window.opened_at is None) is not (window.closes_at is None):
        return claim.hold("its open window has only one end")
    if window.opened_at and window.closes_at and window.opened_at <= now < window.closes_at:
        left_s = (window.closes_at - now).total_seconds()
        return claim.go(f"open until {utc(window.closes_at)}, {spoken(left_s)} left")
    opens = f"it opens next at {utc(window.next_opens_at)}" if window.next_opens_at else "no next one is known"
    return claim.stop(f"closed at {utc(now)}; {opens}")
