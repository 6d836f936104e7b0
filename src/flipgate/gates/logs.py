"""Did any replica log an error?"""

from __future__ import annotations

from flipgate.core.facts.logs import LogReading
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named, numbered


@gate
def no_line_may_be_an_error(its: Observation[LogReading]) -> Judgement:
    """Is no line of the window of level error or worse, on any replica? A log without a line says nothing."""
    claim = Claim("log of every replica", "no line of level error or worse")
    replicas = its.value.replicas
    if not replicas:
        return claim.hold("no replica was asked")
    findings = []
    for one in replicas:
        if one.errors:
            told = named(f"{text} ×{count}" for text, count in one.errors.items())
            findings.append(claim.stop(f"{one.pod}: {told}"))
        if one.unreadable or not one.lines:
            seen = f"{numbered(one.unreadable, 'line')} that cannot be read" if one.unreadable else "no line at all"
            findings.append(claim.hold(f"{one.pod}: {seen}"))
    fine = named(f"{one.pod} {numbered(one.lines, 'line')} since its start" for one in replicas)
    return claim.against(findings, fine=f"none over {its.window}; {fine}")
