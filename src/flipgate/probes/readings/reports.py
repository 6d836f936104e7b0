"""What do the daily reconciliation reports say, and whom did they have to scan?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

from flipgate.core.facts.reports import ReportFolder
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems


def reports(systems: Systems, days: int = 7) -> Observation[ReportFolder]:
    """What do the reports of so many UTC days up to today say, and since when are there tenants in the database?

    Errors: NotConfigured, Unreachable, Malformed, NoData where there is no folder.
    """
    tenants = systems.database.tenants()
    folder = systems.reports.folder(days, [tenant.created_at for tenant in tenants.value])
    return joined(replace(folder.value, environment=systems.environment.name), "reports", folder, tenants)


def reports_since(systems: Systems, window: Window) -> Observation[ReportFolder]:
    """What do the reports of every UTC day say that this window touches? It ends now.

    Errors: NotConfigured, Unreachable, Malformed, NoData where there is no folder.
    """
    first, last = (moment.astimezone(UTC).date() for moment in (window.start, window.end))
    return reports(systems, (last - first).days + 1)
