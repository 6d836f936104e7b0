"""Which alerts are open, which are on their way, and is anything watching at all?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flipgate.core.facts.series import Labels


@dataclass(frozen=True)
class Alert:
    """One alert of Alertmanager. state: "active", "suppressed" or "unprocessed"; silenced_by, inhibited_by: ids."""

    labels: Labels
    state: str
    starts_at: datetime
    silenced_by: tuple[str, ...] = ()
    inhibited_by: tuple[str, ...] = ()


@dataclass(frozen=True)
class AlertRule:
    """One alerting rule of Prometheus.

    health          "ok", "err" or "unknown"; state "inactive", "pending" or "firing".
    missing_series  metrics that its expression names and that no series exists of.
    evaluated_at    when it was last evaluated.
    """

    name: str
    expression: str
    health: str
    state: str
    evaluated_at: datetime | None
    missing_series: tuple[str, ...] = ()


@dataclass(frozen=True)
class AlertReading:
    """Alertmanager's open alerts and Prometheus' alerting rules. watchdog: the name that the environment gives it."""

    open: tuple[Alert, ...]
    rules: tuple[AlertRule, ...]
    watchdog: str
