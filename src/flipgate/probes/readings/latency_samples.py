"""How long do governance checks take, by samples of their own where the environment asks for them?"""

from __future__ import annotations

from flipgate.core.errors import NoData, NotConfigured
from flipgate.core.facts.latency_samples import LatencySamples
from flipgate.core.observation import Observation
from flipgate.probes.readings import latency, verdicts
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems


def samples(systems: Systems) -> Observation[LatencySamples]:
    """How long did each address take? Without a wish for samples: has the histogram any series that serve instead?

    Errors:  NotConfigured, Unreachable, Malformed, NoData, Ambiguous.
    """
    org = systems.block("org_v23", systems.environment.org_v23)
    return _histogram(systems, org.governance_histogram) if org.latency_samples is None else _own(systems)


def _own(systems: Systems) -> Observation[LatencySamples]:
    from flipgate.probes.verdicts import CHECK

    org = systems.block("org_v23", systems.environment.org_v23)
    wanted, sampler = org.latency_samples or 0, systems.latency_sampler
    questions = verdicts.questions(systems)
    if not questions.value:
        raise NoData("governance", "there is no member to ask about")
    found = sampler.samples(questions.value, wanted)
    value = LatencySamples(CHECK, wanted, sampler.rate_per_s, found, org.governance_histogram, 0)
    called = f"{CHECK}, {wanted} times at {', '.join(one.address for one in found)}, {sampler.rate_per_s:g} calls/s"
    return joined(value, "ms", questions, Observation(None, "ms", "grpc", (called,), systems.clock.now()))


def _histogram(systems: Systems, name: str) -> Observation[LatencySamples]:
    from flipgate.probes.verdicts import CHECK

    try:
        bounds = latency.bounds(systems)
    except (NoData, NotConfigured) as error:
        nothing = LatencySamples(CHECK, 0, 0.0, (), name, 0)
        return Observation(nothing, "series", error.source, (error.asked,), systems.clock.now())
    return joined(LatencySamples(CHECK, 0, 0.0, (), name, bounds.value.series), "series", bounds)
