"""Did the breaker of any replica trip, by its counter and by its log?"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flipgate.core.errors import NoAnswer
from flipgate.core.facts.breaker import NO_RESTART, TOLD, UNTOLD, BreakerReading, ReplicaLog
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.probes.readings.boots import BOOT_RECORD
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems

if TYPE_CHECKING:
    from flipgate.probes.kubernetes import Pod
    from flipgate.probes.log_lines import PodLog

METRIC = "governance_cascade_auto_rollback_total"
TRIPPED = "governance.cascade.breaker.tripped"


def breaker(
    systems: Systems, window: Window, flag: str, logs_since: datetime | None = None
) -> Observation[BreakerReading]:
    """How often did each replica's breaker trip in this window? `flag` is what its flag reads meanwhile.

    Shape:   a container that started in the window has forgotten: the log of the one before it is read too. Where logs
             are read from an earlier moment on, they and the counter's value tell of all that happened since then.
    Errors:  NotConfigured, Unreachable, Malformed, NoData.
    """
    block = systems.block("services.context-engine", systems.environment.services.get("context-engine"))
    trips = systems.prometheus.series_set(METRIC, block.metrics_job, window)
    pods = systems.kubernetes.pods(block.deployment)
    parts: list[Observation[Any]] = [trips, pods]
    replicas = tuple(_replica(systems, pod, logs_since or window.start, parts) for pod in pods.value)
    return joined(BreakerReading(trips.value, replicas, flag), "trips", *parts, window=window)


def _replica(systems: Systems, pod: Pod, since: datetime, parts: list[Observation[Any]]) -> ReplicaLog:
    if pod.started_at is None:
        return ReplicaLog(pod.name, None, UNTOLD, (), 0)
    own = systems.kubernetes.log(pod, since)
    before = _before(systems, pod, since) if pod.started_at > since else None
    logs = [log for log in (own, before) if log is not None]
    parts.extend(logs)
    restart = NO_RESTART if pod.started_at <= since else TOLD if before and _reaches_back(before.value) else UNTOLD
    tripped_at = tuple(line.ts for log in logs for line in log.value.lines if line.key == TRIPPED)
    return ReplicaLog(pod.name, pod.started_at, restart, tripped_at, sum(log.value.malformed for log in logs))


def _before(systems: Systems, pod: Pod, since: datetime) -> Observation[PodLog] | None:
    """The log of the container before; None where there is none any more."""
    if not pod.restarts:
        return None
    try:
        return systems.kubernetes.log(pod, since, previous=True)
    except NoAnswer:
        return None


def _reaches_back(before: PodLog) -> bool:
    """Did the container before run already when the window began? Else its own start would stand in its log."""
    return not any(line.msg == BOOT_RECORD for line in before.lines)
