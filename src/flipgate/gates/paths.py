"""Which path do checks take: three layers or four?"""

from __future__ import annotations

from collections import Counter

from flipgate.core.facts.series import SeriesSet
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named, numbered
from flipgate.gates.counters import growths, unusable
from flipgate.gates.coverage import replica, uncovered

_FOUR, _THREE = "4", "3"
_MISSED_SCRAPES = 2


@gate
def cascade_must_take_the_traffic(its: Observation[SeriesSet], *, checks: int) -> Judgement:
    """Does every replica take four layers for its checks, and three for none? Counted by the label `layers`."""
    claim = Claim('checks by "layers"', f'at least {checks} at "4" and none at "3" on every replica')
    if its.window is None:
        return claim.hold("its window is not stated")
    counted: Counter[tuple[str, str | None]] = Counter()
    for growth in growths(its.value, its.window):
        counted[replica(growth.labels), growth.labels.get("layers")] += round(growth.amount)
    replicas = sorted({replica(series.labels) for series in its.value.series})
    told = {who: f"{who}: {counted[who, _FOUR]} at 4, {counted[who, _THREE]} at 3" for who in replicas}
    behind = [told[who] for who in replicas if counted[who, _THREE] > 0 or counted[who, _FOUR] < max(checks, 1)]
    findings = list(uncovered(claim, its.value, its.window, _MISSED_SCRAPES, sliding=True))
    if behind:
        findings.append(claim.hold(f"not in force: {named(behind)}"))
    if len(replicas) < max(its.value.targets, 1):
        findings.append(claim.hold(f"{len(replicas)} of {its.value.targets} replicas count checks"))
    if broken := [f"{series.labels}" for series in unusable(its.value)]:
        findings.append(claim.hold(f"no count (NaN, infinite or negative): {named(broken)}"))
    return claim.against(
        findings, fine=f"{numbered(len(replicas), 'replica')} over {its.window}: {named(told.values())}"
    )
