"""Is there still a way back: do the legacy tables exist and receive every write?"""

from __future__ import annotations

from datetime import datetime

from flipgate.core.facts.tables import LeverReading, TableState
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.window import spoken
from flipgate.gates.claim import Claim, named, numbered, utc

# Which legacy tables a mirror table repeats; a mirror table that is not named here is held against all of them.
_REPEATS = {"org_units": ("pillars", "teams"), "org_unit_memberships": ("team_memberships",)}


@gate
def legacy_tables_must_exist(its: Observation[LeverReading]) -> Judgement:
    """Do all legacy tables exist? Without them there is no rollback."""
    claim = Claim("legacy tables", "all exist: rollback reads from them")
    legacy = its.value.legacy
    if not legacy:
        return claim.hold("none was looked for")
    if gone := [table.name for table in legacy if not table.exists]:
        return claim.stop(f"gone: {named(gone)}; Phase 3 has begun and rollback is impossible")
    return claim.go(named(f"{table.name} {numbered(table.rows or 0, 'row')}" for table in legacy))


@gate
def legacy_must_still_receive_writes(its: Observation[LeverReading], *, lag_s: float) -> Judgement:
    """Is each legacy table's newest row as new as its mirror's, so that a rollback loses nothing?"""
    claim = Claim("writes to the legacy tables", f"newest row at most {spoken(lag_s)} older than the mirror's")
    if not its.value.legacy or not its.value.mirror:
        return claim.hold("no legacy or no mirror table was looked at")
    findings, told = [], []
    for mirror in its.value.mirror:
        legacy = _repeated(its.value, mirror)
        names, newest = named(table.name for table in legacy) or "a legacy table", _newest(legacy)
        if gone := [table.name for table in legacy if not table.exists]:
            findings.append(claim.stop(f"gone: {named(gone)}"))
        elif newest is None or mirror.newest is None:
            findings.append(claim.hold(f"no row to compare in {names if newest is None else named([mirror.name])}"))
        else:
            behind_s = (mirror.newest - newest).total_seconds()
            told.append(f"{names} newest {utc(newest)}, {mirror.name} {utc(mirror.newest)}")
            if not behind_s <= lag_s:
                findings.append(claim.stop(f"{names} {spoken(behind_s)} behind {named([mirror.name])}: {told[-1]}"))
    return claim.against(findings, fine="; ".join(told))


def _repeated(reading: LeverReading, mirror: TableState) -> list[TableState]:
    names = _REPEATS.get(mirror.name)
    return [table for table in reading.legacy if names is None or table.name in names]


def _newest(tables: list[TableState]) -> datetime | None:
    return max((table.newest for table in tables if table.newest), default=None)
