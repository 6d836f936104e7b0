"""Which alerts are open, and would one be seen?"""

from __future__ import annotations

from dataclasses import replace

from flipgate.core.facts.alerts import AlertReading, AlertRule
from flipgate.core.observation import Observation
from flipgate.probes.promql import metrics
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems

UNREADABLE = "(its expression cannot be read)"


def alerts(systems: Systems) -> Observation[AlertReading]:
    """Which alerts does Alertmanager hold, which rules has Prometheus, and do the series exist that these name?

    Shape:   a rule whose expression cannot be read, or chooses metrics by pattern, misses the series `UNREADABLE`.
    Errors:  NotConfigured, Unreachable, Malformed.
    """
    held, rules = systems.alertmanager.alerts(), systems.prometheus.rules()
    named = {rule.expression: _metrics(rule) for rule in rules.value}
    existing = systems.prometheus.existing({name for names in named.values() for name in names} - {UNREADABLE})
    found = tuple(
        replace(rule, missing_series=tuple(sorted(named[rule.expression] - existing.value))) for rule in rules.value
    )
    reading = AlertReading(held.value, found, systems.alertmanager.watchdog)
    return joined(reading, "alerts", held, rules, existing)


def _metrics(rule: AlertRule) -> frozenset[str]:
    try:
        return metrics(rule.expression)
    except ValueError:
        return frozenset({UNREADABLE})
