"""Do the new services serve, at every address and under their own name?"""

from __future__ import annotations

from collections.abc import Iterator

from flipgate.core.facts.health import HealthAnswer, HealthReading
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named, numbered

_SERVING, _NOT_SERVING = "SERVING", "NOT_SERVING"


@gate
def every_address_must_serve(its: Observation[HealthReading]) -> Judgement:
    """Does every address answer SERVING, for the empty name and for its own? NOT_SERVING is STOP, all else is HOLD."""
    reading = its.value
    claim = Claim("health of the new services", "SERVING at every address, for the empty name and the service's own")
    down = [one for one in reading.answers if one.status == _NOT_SERVING]
    lost = [one for one in reading.answers if one.status not in (_SERVING, _NOT_SERVING)]
    findings = [claim.stop(f"{_NOT_SERVING}: {named(map(_place, down))}")] if down else []
    findings += [claim.hold(named(f"{_place(one)} answers {one.status} {one.detail}".rstrip() for one in lost))] * bool(
        lost
    )
    findings += _hidden(claim, reading)
    addresses = {(one.service, one.address) for one in reading.answers}
    if not addresses:
        return claim.hold("no address was asked")
    return claim.against(findings, fine=f"{_SERVING} at {numbered(len(addresses), 'address')}")


def _hidden(claim: Claim, reading: HealthReading) -> Iterator[Judgement]:
    """An address that nobody lists is a replica that nobody asks."""
    for service, pods in reading.pods.items():
        asked = len({one.address for one in reading.answers if one.service == service})
        if asked < max(pods, 1):
            yield claim.hold(f"{service}: {numbered(asked, 'address')} for {numbered(pods, 'pod')}")


def _place(answer: HealthAnswer) -> str:
    return f"{answer.service} at {answer.address} for {answer.name or 'the empty name'!s}"
