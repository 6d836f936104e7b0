"""Does the refresh of the flag caches refuse whom it has to, and what did the operator's leave behind?"""

from __future__ import annotations

from flipgate.core.errors import NoData
from flipgate.core.facts.history import Flip
from flipgate.core.facts.routes import RefreshReading
from flipgate.core.observation import Observation
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems

KIND, SURFACE = "config.refresh", "v23-feature-flags"  # runbook §13.4


def refresh(systems: Systems, flip: Flip) -> Observation[RefreshReading]:
    """How does it answer without a token and with the suite's, and which audit rows are there since this flip?

    Shape:   rows of the kind or of the surface; the ledger knows a flip only from its first sight, so where it is the
             source they count from its last sight of the old value.
    Errors:  NotConfigured, Unreachable, Malformed; NoData, where nobody knows when the flag was flipped.
    """
    since = (flip.source == "ledger" and flip.not_before) or flip.at
    if since is None:
        raise NoData("ledger", f"nobody knows when {flip.flag!r} was flipped; state it with --flipped-at")
    rows = systems.database.audit_rows(KIND, SURFACE, since)
    unknown, low = systems.connect.refusals()
    asked = Observation(None, "", "gateway", (f"POST /{unknown.path}, twice",), systems.clock.now())
    return joined(RefreshReading(unknown, low, rows.value), "rows", rows, asked)
