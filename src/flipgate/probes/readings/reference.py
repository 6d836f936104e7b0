"""Which figures of the old path will later stages compare with?"""

from __future__ import annotations

from datetime import timedelta

from flipgate.core.facts.traffic import Reference
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.probes.counters import grown
from flipgate.probes.readings.joined import joined
from flipgate.probes.readings.latency import latency_counts
from flipgate.probes.readings.lever import LEGACY, MIRROR
from flipgate.probes.readings.requests import METRIC
from flipgate.probes.systems import Systems


def reference(systems: Systems, window: Window) -> Observation[Reference]:
    """How many requests, errors, slow checks and conflicts were there, and how large are the tables?

    Window:  requests, latency and conflicts over `window`; rows and scans as they are now.
    Errors:  NotConfigured, Unreachable, Malformed, NoData.
    """
    latency, conflicts = latency_counts(systems, window), systems.database.conflicts_per_hour(window)
    states = systems.database.table_states((*LEGACY, *MIRROR))
    rows = {state.name: state.rows for state in states.value if state.rows is not None}
    scans, traffic = systems.database.scans(tuple(rows)), _traffic(systems, window)
    requests, errors = traffic.value
    value = Reference(requests, errors, latency.value, conflicts.value, rows, scans.value)
    return joined(value, "requests", traffic, latency, conflicts, states, scans, window=window)


def _traffic(systems: Systems, window: Window) -> Observation[tuple[float, float]]:
    """Requests, and those answered with a 5xx. Two scrapes more show what the counters began at."""
    prometheus = systems.block("prometheus", systems.environment.prometheus)
    own = {"job": systems.block("gateway", systems.environment.gateway).job}
    longer = Window(window.start - timedelta(seconds=2 * prometheus.scrape_interval_s), window.end)
    counts, scrapes = systems.prometheus.series(METRIC, longer, own), systems.prometheus.series("up", longer, own)
    rises = [(one.labels.get("code", ""), grown(one, scrapes.value, window.start.timestamp())) for one in counts.value]
    errors = sum(rise for code, rise in rises if code.startswith("5"))
    return joined((sum(rise for _, rise in rises), errors), "requests", counts, scrapes)
