"""Sentences about the gateway's routes to the new services."""

from flipgate.core.facts.routes import ReplicasReading, RoutesReading
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import routes
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import routes as reading


@when("{first:name}, {second:name} and {third:name} are called at the gateway without a token")
def called_without_token(scene: Scene, first: str, second: str, third: str) -> Observation[RoutesReading]:
    """One call each at its public address and at every replica, of somebody unknown, without a tenant."""
    return reading.routes(scene.systems, (first, second, third))


@then("every path reaches its handler")
def all_reached(its: Observation[RoutesReading]) -> Judgement:
    """To be refused by the handler is to have reached it; each other answer is told with its cause and what to do."""
    return routes.every_route_must_reach_its_handler(its)


@then("every path is shut by a gate that names the flag")
def all_shut(its: Observation[RoutesReading]) -> Judgement:
    """Not a raw 404, and not the handler."""
    return routes.every_route_must_be_shut(its)


@when("every replica of the gateway is asked for {service:name} since the flip of {flag:name}")
def replicas_asked(scene: Scene, service: str, flag: str) -> Observation[ReplicasReading]:
    """Each replica at its own address, without a token."""
    return reading.replicas(scene.systems, service, scene.flip(flag).value)


@then("every replica serves the new value within {within_s:duration} of the flip")
def all_in_force(its: Observation[ReplicasReading], within_s: float) -> Judgement:
    """No gate is shut any more: each keeps the flag's old value for so long at most."""
    return routes.every_replica_must_serve_the_flag(its, within_s=within_s)
