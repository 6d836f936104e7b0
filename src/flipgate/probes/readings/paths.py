"""Which path do governance checks take?"""

from __future__ import annotations

from flipgate.core.facts.series import SeriesSet
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.probes.systems import Systems

METRIC = "governance_check_latency_seconds_count"


def paths(systems: Systems, window: Window) -> Observation[SeriesSet]:
    """Which raw counts of checks, by layers and replica, were there in this window?

    Errors: NotConfigured, Unreachable, Malformed.
    """
    block = systems.block("services.context-engine", systems.environment.services.get("context-engine"))
    return systems.prometheus.series_set(METRIC, block.metrics_job, window)
