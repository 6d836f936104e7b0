"""Is the way back still there: the legacy tables, beside their mirror?"""

from __future__ import annotations

from flipgate.core.facts.tables import LeverReading
from flipgate.core.observation import Observation
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems

LEGACY = ("pillars", "teams", "team_memberships")
MIRROR = ("org_units", "org_unit_memberships")


def lever(systems: Systems) -> Observation[LeverReading]:
    """Do the legacy and the mirror tables exist, how many rows have they, how new is the newest of each?

    Errors: NotConfigured, Unreachable.
    """
    seen = systems.database.table_states((*LEGACY, *MIRROR))
    return joined(LeverReading(seen.value[: len(LEGACY)], seen.value[len(LEGACY) :]), "rows", seen)
