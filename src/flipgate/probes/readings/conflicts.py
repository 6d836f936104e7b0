"""Do policies conflict more often?"""

from __future__ import annotations

from flipgate.core.facts.conflicts import ConflictReading
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems


def conflicts(systems: Systems, window: Window, per_hour_before: float) -> Observation[ConflictReading]:
    """How many policy conflicts were detected in this window, beside the baseline's rate?

    Errors: NotConfigured, Unreachable, Malformed.
    """
    rows = systems.database.conflicts(window)
    return joined(ConflictReading(rows.value, per_hour_before), "rows", rows, window=window)
