"""Sentences about what services say of their own health."""

from flipgate.core.facts.health import HealthReading
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import health
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import health as reading


@when("every address of {first:name}, {second:name} and {third:name} is asked for its health")
def health_asked(scene: Scene, first: str, second: str, third: str) -> Observation[HealthReading]:
    """Each address by itself, for the empty name and for the service's own full name."""
    return reading.health(scene.systems, (first, second, third))


@then("every one of them serves")
def all_serve(its: Observation[HealthReading]) -> Judgement:
    """SERVING for both names; NOT_SERVING stops, a name that is not known holds, and so does an address too few."""
    return health.every_address_must_serve(its)
