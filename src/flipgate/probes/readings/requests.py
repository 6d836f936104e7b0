"""How did the gateway answer its requests?"""

from __future__ import annotations

from flipgate.core.facts.series import SeriesSet
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.probes.systems import Systems

METRIC = "gateway_requests_total"


def requests(systems: Systems, window: Window) -> Observation[SeriesSet]:
    """Which raw counts of requests, by status and service, did the gateway have in this window?

    Errors: NotConfigured, Unreachable, Malformed.
    """
    gateway = systems.block("gateway", systems.environment.gateway)
    return systems.prometheus.series_set(METRIC, gateway.job, window)
