"""Do the portal's flows answer, and the same whichever way they are asked?"""

from __future__ import annotations

from collections.abc import Sequence

from flipgate.core.facts.end_to_end import CallAnswer, EndToEnd
from flipgate.core.observation import Observation
from flipgate.probes.contract import flow
from flipgate.probes.systems import Systems


def end_to_end(systems: Systems, methods: Sequence[str]) -> Observation[EndToEnd]:
    """What do these methods answer for the test org: over Connect with the token, and over gRPC at every address?

    Errors: NotConfigured.
    """
    from flipgate.probes.end_to_end import BothWays

    tenant = systems.block("org_v23", systems.environment.org_v23).test_org
    answers: list[CallAnswer] = []
    unsettled = []
    for method in methods:
        found = flow(method)
        block = systems.block(f"services.{found.deployment}", systems.environment.services.get(found.deployment))
        told, is_settled = BothWays(systems.connect, block, found, tenant).answers()
        answers += told
        if not is_settled:
            unsettled.append(method)
    asked = tuple(f"{one.method}: {one.way}" for one in answers)
    value = EndToEnd(tuple(answers), tuple(unsettled))
    return Observation(value, "answers", "gateway + grpc", asked, systems.clock.now())
