"""The alert rules of the environment.

Drift is asked of its history, not with `for`: what a rule remembers in its own process would not age with the world.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

WATCHDOG = "Watchdog"
DRIFT = "DualwriteDriftPersisting"
STALLED = "DualwriteReconcilerStalled"
WRITER_LAGGING = "DualwriteWriterLagging"
PORTAL_SLOW = "PortalSlow"
OPS_VIEW_ERRORS = "OpsViewErrors"
DRIFT_PERSISTS_MINUTES = 5
DETECT_INTERVAL_S = 3600

_CRITICAL = {"severity": "critical", "component": "dualwrite"}
_RULES = {
    rule["alert"]: rule
    for rule in (
        {
            "alert": WATCHDOG,
            "expr": "vector(1)",
            "labels": {"severity": "none"},
            "annotations": {"summary": "Always firing: it shows that alerts arrive."},
        },
        {
            "alert": DRIFT,
            "expr": f"min_over_time(dualwrite_open_drift[{DRIFT_PERSISTS_MINUTES}m]) > 0",
            "labels": _CRITICAL,
            "annotations": {"summary": "{{ $labels.table }} of {{ $labels.tenant }} differs from what it mirrors."},
        },
        {
            "alert": STALLED,
            "expr": f"time() - dualwrite_last_pass_timestamp_seconds > {DETECT_INTERVAL_S * 1.1:.0f}",
            "labels": _CRITICAL,
            "annotations": {"summary": "The reconciler's last pass is older than its interval."},
        },
        {
            "alert": WRITER_LAGGING,
            "expr": "dualwrite_last_pass_timestamp_seconds > 0",
            "labels": _CRITICAL,
            "annotations": {"summary": "A rule that fires in a healthy environment, for a fault."},
        },
        {
            "alert": PORTAL_SLOW,
            "expr": "vector(1)",
            "labels": {"severity": "critical", "component": "portal"},
            "annotations": {"summary": "A rule of another component that fires, for a look-alike."},
        },
        {
            "alert": OPS_VIEW_ERRORS,
            "expr": 'sum by (route) (increase(http_requests_total{job="ops-view",code=~"5.."}[5m])) > 0',
            "labels": {"severity": "critical", "component": "ops-view"},
            "annotations": {"summary": "{{ $labels.route }} answers with 5xx."},
        },
    )
}


def rule_file(*names: str, instead: Mapping[str, str] = MappingProxyType({}), every_s: int = 1) -> str:
    """The text of a rule file with these rules, evaluated in their order.

    The watchdog comes last: when it fires, the others have been evaluated.

    instead  other expressions, by the names of their rules.
    every_s  how often they are evaluated.
    """
    chosen = [_RULES[name] for name in names]
    rules = [{**rule, "expr": instead.get(str(rule["alert"]), rule["expr"])} for rule in chosen]
    groups = [{"name": "rehearsal", "interval": f"{every_s}s", "rules": rules}]
    return yaml.safe_dump({"groups": groups}, sort_keys=False)
