"""Is a flag in force in every process, and how long did it take to get there?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from flipgate.core.errors import NoData
from flipgate.core.facts.history import Flip
from flipgate.core.facts.replicas import FlagsInForce
from flipgate.core.facts.series import SeriesSet
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.probes.readings.boots import logged
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems

_STARTED = "process_start_time_seconds"
_LOOK_BACK = timedelta(minutes=15)
_COMES_UP_S = 120.0  # so long after its process began may a service say that it started


def replicas(
    systems: Systems, flags: Sequence[str], flip: Observation[Flip] | None = None
) -> Observation[FlagsInForce]:
    """Which flags does each replica serve by its own word, which did it log at its start, and which pods are there?

    Errors: NotConfigured, Unreachable, Malformed, NoData.
    """
    block = systems.block("ops_view", systems.environment.ops_view)
    served, pods = systems.ops_view.flags(), systems.kubernetes.pods(block.deployment)
    boots = logged(systems, flags, [block.deployment], block.boot_record)
    told: dict[str, dict[str, str]] = defaultdict(dict)
    for value in boots.value:
        told[value.surface.removeprefix("replica ")][value.flag] = value.text
    named = tuple(pod.name for pod in pods.value)
    found = FlagsInForce(served.value, named, dict(told), flip.value if flip else None)
    return joined(found, "flags", served, pods, boots, *([flip] if flip else []))


def restart(systems: Systems, flip: Flip) -> Observation[SeriesSet]:
    """Which start did each process tell of at each scrape, from before this flip until now?

    Errors: NotConfigured, Unreachable, Malformed; NoData where nobody knows when it was, or a process that answers was
    not scraped yet: what was kept of its address would be the restart before.
    """
    if flip.at is None:
        raise NoData("ledger", "no flip back is known")
    block = systems.block("ops_view", systems.environment.ops_view)
    window = Window(flip.at - _LOOK_BACK, max(flip.at, systems.clock.now()))
    served = systems.ops_view.flags()
    starts = systems.prometheus.series_set(_STARTED, block.job, window)
    present = [systems.clock.to_unix(one.started_at) for one in served.value]
    newest = _newest(starts.value)
    scraped = [began for began in newest if any(-_COMES_UP_S <= began - at <= 1 for at in present)]
    if len(scraped) < len(present):
        raise NoData(starts.source, f"scraped {len(scraped)} of {len(present)} processes since they started", _STARTED)
    # The restart is what is measured here: it disturbs nothing.
    return replace(starts, window=None, disturbed=())


def _newest(starts: SeriesSet) -> list[float]:
    """Which start did each address tell of last? In the servers' time."""
    last: dict[str, tuple[float, float]] = {}
    for series in starts.series:
        instance = series.labels.get("instance", "")
        last[instance] = max(series.samples[-1], last.get(instance, series.samples[-1]))
    return [began for _, began in last.values()]
