"""Does the gateway lead to the new services, at its public address and at every replica?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from flipgate.core.errors import NotConfigured
from flipgate.core.facts.history import Flip
from flipgate.core.facts.routes import ReplicasReading, RouteAnswer, RoutesReading
from flipgate.core.observation import Observation
from flipgate.probes.contract import flow
from flipgate.probes.systems import Systems

T = TypeVar("T")


def routes(systems: Systems, services: Sequence[str]) -> Observation[RoutesReading]:
    """What does the gateway answer to a call of each of these services, without a token and without a tenant?

    Asked are its public address, where any replica may answer, and every replica that the environment lists.
    Errors: NotConfigured.
    """
    paths = [flow(service).path for service in services]
    public = [systems.connect.without_token(path) for path in paths]
    each = [answer for path in paths for answer in systems.connect.replicas_without_token(path)]
    return _seen(systems, RoutesReading((*public, *each)), (*public, *each))


def replicas(systems: Systems, service: str, flip: Flip) -> Observation[ReplicasReading]:
    """What does each replica of the gateway answer on the path of this service, since the flip of its flag?

    Errors: NotConfigured where the environment lists no replica; Unreachable.
    """
    answers = systems.connect.replicas_without_token(flow(service).path)
    if not answers:
        raise NotConfigured("gateway", f"environments/{systems.environment.name}.toml: [gateway] lists no `replicas`")
    return _seen(systems, ReplicasReading(flip.flag, answers, flip.at), answers)


def _seen(systems: Systems, value: T, answers: Iterable[RouteAnswer]) -> Observation[T]:
    asked = tuple(f"POST /{one.path} {one.address}".rstrip() for one in answers)
    return Observation(value, "answers", "gateway", asked, systems.clock.now())
