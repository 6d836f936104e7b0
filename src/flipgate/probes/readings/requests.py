"""How were requests answered: at the gateway, or on routes that the environment names?"""

from __future__ import annotations

from flipgate.config.environment import OpsView
from flipgate.core.errors import NotConfigured
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


def requests_on(systems: Systems, routes: str, window: Window) -> Observation[SeriesSet]:
    """Which raw counts of requests, by method, route and code, had the routes that go by this name?

    Errors: NotConfigured, Unreachable, Malformed.
    """
    block = systems.block("ops_view", systems.environment.ops_view)
    return systems.prometheus.series_set(block.requests, block.job, window, labels_of(block, routes))


def labels_of(block: OpsView, routes: str) -> tuple[dict[str, str], ...]:
    """Which labels have the routes that go by this name? Errors: NotConfigured."""
    if routes not in block.routes:
        raise NotConfigured("ops_view.routes", f"nothing is called {routes!r}")
    pairs = [route.split(" ", 1) for route in dict.fromkeys(block.routes[routes])]
    return tuple({"method": method, "route": path} for method, path in pairs)
