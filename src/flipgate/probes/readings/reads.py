"""Which tables do reads come from, by the replicas' logs and by the database's counters?"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING

from flipgate.core.errors import visible
from flipgate.core.facts.reads import ReadsReading, ReplicaLines
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.probes.contract import LIST_TEAMS, PATHS
from flipgate.probes.log_lines import PodLog
from flipgate.probes.readings.joined import joined
from flipgate.probes.readings.lever import LEGACY, MIRROR
from flipgate.probes.readings.logs import errors
from flipgate.probes.systems import Systems

if TYPE_CHECKING:
    from flipgate.probes.kubernetes import Pod

# Runbook §7.2. A line that holds one of these counts as it, whatever else it says; the first wins.
FALLBACK, SHIM, LEGACY_PATH = "fallback to legacy", "ListTeams shim path invoked", "ListTeams legacy path"
_PATHS = (FALLBACK, SHIM, LEGACY_PATH)
_ARRIVAL_S = 12.0  # PostgreSQL's backends report their counters after 10 idle seconds at the latest
_POLL_S = 0.25


def reads(systems: Systems, service: str, calls: int, window: Window | None = None) -> Observation[ReadsReading]:
    """What does each replica log when we ask for the test org's teams, and which tables are scanned?

    Shape:   every address is called; every running pod's lines are counted, other callers' too.
    Window:  lines since its start, our own calls' included; without one those since our calls.
    Source:  waits up to 12 s for what logs and counters lag behind; what has not come by then is missing. Where a
             container restarted inside the window, the log of the one before it counts as well.
    Errors:  NotConfigured, Unreachable, Malformed, NoData.
    """
    from flipgate.probes.listings import Listings

    block = systems.block(f"services.{service}", systems.environment.services.get(service))
    test_org, listings = systems.block("org_v23", systems.environment.org_v23).test_org, Listings(block)
    pods = systems.kubernetes.pods(block.deployment)
    with systems.database.alone():
        before, called_at = systems.database.scans((*LEGACY, *MIRROR)), systems.clock.now()
        addresses = listings.call_teams(test_org, calls)
        for logs, after in _arriving(systems, pods.value, window.start if window else called_at):
            told = {pod: [log.value for log in kept] for pod, kept in logs.items()}
            replicas = tuple(_told(pod, kept) for pod, kept in told.items())
            arrived = all(_paths(kept, called_at) >= calls for kept in told.values())
            if arrived and _moved(replicas, before.value, after.value):
                break
    value = ReadsReading(addresses, calls, replicas, before.value, after.value)
    called = f"{PATHS[LIST_TEAMS]} {calls} times at {', '.join(addresses)}"
    ours = Observation(None, "", "grpc", (called,), called_at)
    return joined(value, "lines", ours, pods, before, after, *chain(*logs.values()), window=window)


def reads_beside_flag(systems: Systems, service: str, calls: int, flag_value: str) -> Observation[ReadsReading]:
    """The same, with the platform-wide value of the flag that names the tables. Errors: as `reads`."""
    read = reads(systems, service, calls)
    return replace(read, value=replace(read.value, flag_value=flag_value))


def _arriving(
    systems: Systems, pods: Sequence[Pod], since: datetime
) -> Iterator[tuple[dict[str, list[Observation[PodLog]]], Observation[dict[str, int]]]]:
    """Logs and counters, again and again until the time is over; there is no event to wait for."""
    ends = time.monotonic() + _ARRIVAL_S
    while True:
        logs = {pod.name: list(_logs(systems, pod, since)) for pod in pods if pod.started_at is not None}
        yield logs, systems.database.scans((*LEGACY, *MIRROR))
        if time.monotonic() > ends:
            return
        time.sleep(_POLL_S)


def _logs(systems: Systems, pod: Pod, since: datetime) -> Iterator[Observation[PodLog]]:
    if pod.restarts and pod.started_at and pod.started_at > since:
        yield systems.kubernetes.log(pod, since, previous=True)
    yield systems.kubernetes.log(pod, since)


def _told(pod: str, logs: Sequence[PodLog]) -> ReplicaLines:
    lines = [line for log in logs for line in log.lines]
    unreadable = sum(log.malformed for log in logs)
    messages = Counter(_message(line.msg) for line in lines)
    return ReplicaLines(pod, len(lines) + unreadable, dict(messages), errors(lines), unreadable)


def _message(text: str) -> str:
    return next((known for known in _PATHS if known in text), visible(text))


def _paths(logs: Sequence[PodLog], since: datetime) -> int:
    return sum(line.ts >= since and _message(line.msg) in _PATHS for log in logs for line in log.lines)


def _moved(replicas: Sequence[ReplicaLines], before: dict[str, int], after: dict[str, int]) -> bool:
    """Have the scans been counted that the replicas' lines tell of? Others scan the tables too: more is no harm."""
    shim = any(one.messages.get(SHIM) for one in replicas)
    return not shim or all(after[table] > before[table] for table in MIRROR)
