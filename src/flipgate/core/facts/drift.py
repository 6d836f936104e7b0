"""How far apart are the legacy and the mirror tables, as the reconciler says?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flipgate.core.facts.series import Labels, SeriesSet


@dataclass(frozen=True)
class DriftNow:
    """One series of the exporter, now. Its value as the exporter wrote it, so that NaN stays visible."""

    labels: Labels
    value: float


@dataclass(frozen=True)
class DriftReading:
    """The exporter's series now, Prometheus' over the detect interval, and how fresh the reconciler is.

    last_pass_at         `dualwrite_last_pass_timestamp_seconds`, the oldest of several; None: not exported.
    detect_interval_s    as the environment declares it.
    deployed_interval_s  as the deployment sets it; None where that cannot be read.
    tenants              ids in the database.
    """

    now: tuple[DriftNow, ...]
    history: SeriesSet
    last_pass_at: datetime | None
    detect_interval_s: float
    deployed_interval_s: float | None
    tenants: tuple[str, ...]


@dataclass(frozen=True)
class Stretch:
    """Samples of one tenant's table that follow each other scrape by scrape with one value. World Unix seconds."""

    since_s: float
    until_s: float
    value: float
    samples: int


@dataclass(frozen=True)
class DriftHistory:
    """Every sample of open drift over a long window, folded where nothing changed: a missed scrape ends a stretch.

    stretches  by "tenant/table", oldest first.
    tenants    of the database, by id: when they were created.
    """

    stretches: dict[str, tuple[Stretch, ...]]
    scrape_interval_s: float
    tenants: dict[str, datetime]
