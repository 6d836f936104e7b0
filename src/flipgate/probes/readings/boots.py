"""Which flag values did each replica start with?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from flipgate.core.facts.flags import GLOBAL, FlagValue
from flipgate.core.observation import Observation
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems

if TYPE_CHECKING:
    from flipgate.probes.kubernetes import Pod
    from flipgate.probes.log_lines import LogLine

BOOT_RECORD = "orgv23 feature flag posture"


def boots(systems: Systems, flags: Sequence[str]) -> Observation[tuple[FlagValue, ...]]:
    """Which values did the running process of each replica of the org_v23 deployments log when it started?

    Errors:  NotConfigured, and those of `logged`.
    """
    org = systems.block("org_v23", systems.environment.org_v23)
    return logged(systems, flags, org.deployments, BOOT_RECORD)


def logged(
    systems: Systems, flags: Sequence[str], deployments: Sequence[str], record: str
) -> Observation[tuple[FlagValue, ...]]:
    """Which values did the running process of each replica log when it started, in a line whose message is `record`?

    Shape:   one value for each replica and flag that its newest boot record names; a replica without one has none.
    Source:  the logs of the deployments that the environment names, from each container's start (runbook §12.1).
    Errors:  those of the cluster.
    """
    cluster = systems.kubernetes
    values: list[FlagValue] = []
    parts: list[Observation[Any]] = []
    for deployment in deployments:
        pods = cluster.pods(deployment)
        parts.append(pods)
        for pod in pods.value:
            if pod.started_at is None:
                continue
            log = cluster.log(pod, pod.started_at)
            parts.append(log)
            values.extend(_values(pod, log.value.lines, flags, record))
    return joined(tuple(values), "flags", *parts)


def _values(pod: Pod, lines: Sequence[LogLine], flags: Sequence[str], record: str) -> Iterator[FlagValue]:
    records = [line for line in lines if line.msg == record]
    for flag in flags:
        if records and flag in records[-1].fields:
            yield FlagValue(flag, f"replica {pod.name}", GLOBAL, records[-1].fields[flag], pod.started_at)
