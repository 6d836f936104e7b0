"""Which values do all surfaces hold for the runbook's flags?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from flipgate.core.facts.flags import FlagValue, Posture
from flipgate.core.observation import Observation
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems


def posture(
    systems: Systems, flags: Sequence[str], changed_at: Mapping[str, datetime], replicas: Sequence[FlagValue] = ()
) -> Observation[Posture]:
    """What do Redis and the database hold, platform-wide and for every tenant of the database?

    Shape:   values of Redis, then of the database, then those of `replicas`, read elsewhere.
    Errors:  NotConfigured, Unreachable, Malformed, NoData (a replica of Redis without its primary).
    """
    rows, tenants = systems.database.flag_rows(flags), systems.database.tenants()
    ids = tuple(tenant.id for tenant in tenants.value)
    keys = systems.redis_flags.values(flags, ids)
    value = Posture(tuple(flags), (*keys.value, *rows.value, *replicas), ids, dict(changed_at))
    return joined(value, "flags", keys, rows, tenants)
