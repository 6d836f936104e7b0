"""What did the replicas of a deployment log?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from flipgate.core.errors import visible
from flipgate.core.facts.logs import LogReading
from flipgate.core.facts.reads import ReplicaLines
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.probes.log_lines import LogLine
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems

_ERRORS = ("ERROR", "FATAL", "CRITICAL", "PANIC")


def is_error(line: LogLine) -> bool:
    """Is this line of level error, or worse?"""
    return line.level.upper() in _ERRORS


def errors(lines: Sequence[LogLine]) -> dict[str, int]:
    """How often was which error logged, as "key: message"?"""
    return dict(Counter(visible(f"{line.key}: {line.msg}") for line in lines if is_error(line)))


def logs(systems: Systems, window: Window) -> Observation[LogReading]:
    """Which lines did each replica of the ops view log since its process started, and which in the window are errors?

    Errors: NotConfigured, Unreachable, Malformed, NoData.
    """
    block = systems.block("ops_view", systems.environment.ops_view)
    pods = systems.kubernetes.pods(block.deployment)
    kept = [(pod, systems.kubernetes.log(pod, pod.started_at)) for pod in pods.value if pod.started_at]
    replicas = tuple(
        ReplicaLines(
            pod=pod.name,
            lines=len(log.value.lines),
            messages={},
            errors=errors([line for line in log.value.lines if line.ts >= window.start]),
            unreadable=log.value.malformed,
        )
        for pod, log in kept
    )
    silent = tuple(ReplicaLines(pod.name, 0, {}) for pod in pods.value if pod.started_at is None)
    return joined(LogReading(replicas + silent), "lines", pods, *(log for _, log in kept), window=window)
