"""Do the services say that they serve?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flipgate.core.facts.health import HealthAnswer, HealthReading
from flipgate.core.observation import Observation
from flipgate.probes.contract import flow
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems


def health(systems: Systems, services: Sequence[str]) -> Observation[HealthReading]:
    """What does every address of these services answer for the empty name and for its own full name?

    Shape:   each address is asked by itself; beside it how many pods the cluster runs, so that none is left out.
    Errors:  NotConfigured, Unreachable, NoData, those of the cluster.
    """
    from flipgate.probes.grpc_health import CHECK, health

    answers: list[HealthAnswer] = []
    pods: dict[str, int] = {}
    parts: list[Observation[Any]] = []
    for service in services:
        block = systems.block(f"services.{service}", systems.environment.services.get(service))
        found = health(service, block, ("", flow(service).full_name))
        asked = tuple(f"{CHECK} {one.name!r} at {one.address}" for one in found)
        running = systems.kubernetes.pods(block.deployment)
        answers += found
        pods[service] = sum(pod.started_at is not None for pod in running.value)
        parts += [Observation(None, "", "grpc", asked, systems.clock.now()), running]
    return joined(HealthReading(tuple(answers), pods), "addresses", *parts)
