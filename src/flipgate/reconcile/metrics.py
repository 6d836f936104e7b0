"""The figures of one run as Prometheus text, for a node's textfile collector or a push."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from flipgate.reconcile.report import DailyReport

_TABLES = ("org_units", "org_unit_memberships")


def exposition(report: DailyReport, at: datetime, took_s: float) -> bytes:
    """Which figures did the run come to? Every series carries the environment's name."""
    registry = CollectorRegistry()
    missing_units, other_units, missing_memberships, other_memberships = report.seen.totals.counts

    def tell(name: str, what: str, *values: tuple[dict[str, str], float]) -> None:
        labels = ("environment", *values[0][0])
        gauge = Gauge(f"flipgate_reconcile_{name}", what, labels, registry=registry)
        for more, value in values:
            gauge.labels(report.origin.environment, *more.values()).set(value)

    def by_table(units: float, memberships: float) -> list[tuple[dict[str, str], float]]:
        return [({"table": table}, count) for table, count in zip(_TABLES, (units, memberships), strict=True)]

    tell("tenants_scanned", "Rows of tenants.", ({}, report.seen.scanned))
    tell("tenants_with_drift", "Tenants with at least one row that differs.", ({}, report.seen.drifting))
    tell("missing_rows", "Legacy rows without a mirror.", *by_table(missing_units, missing_memberships))
    tell("other_drift_rows", "Rows only in the mirror, or different there.", *by_table(other_units, other_memberships))
    tell("gate_pass", "1 where no row differs, else 0.", ({}, float(report.seen.gate == "PASS")))
    tell("baseline", "1 for a stamp that looked at no database, else 0.", ({}, float(report.seen.baseline)))
    tell("consecutive_clean_days", "Clean days in a row, this one included.", ({}, report.streak_days))
    tell("last_run_timestamp_seconds", "When the figures were taken.", ({}, at.timestamp()))
    tell("duration_seconds", "How long the comparison took.", ({}, took_s))
    return generate_latest(registry)
