"""The alert rules of the environment.

Drift is asked of its history, not with `for`: what a rule remembers in its own process would not age with the world.
"""

from __future__ import annotations

import yaml

WATCHDOG = "Watchdog"
DRIFT = "DualwriteDriftPersisting"
STALLED = "DualwriteReconcilerStalled"
WRITER_LAGGING = "DualwriteWriterLagging"
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
    )
}
# In this order they are evaluated: when the watchdog fires, the others have been.
HEALTHY = (DRIFT, STALLED, WATCHDOG)


def rule_file(*names: str) -> str:
    """The text of a rule file with these rules; without names, those of a healthy environment."""
    chosen = names or HEALTHY
    return yaml.safe_dump(
        {"groups": [{"name": "rehearsal", "rules": [_RULES[name] for name in chosen]}]}, sort_keys=False
    )
