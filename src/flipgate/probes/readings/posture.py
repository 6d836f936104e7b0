"""Which values do all surfaces hold for the runbook's flags?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flipgate.core.facts.flags import GLOBAL, PROCESS, FlagValue, Posture
from flipgate.core.observation import Observation
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems

STORES = ("redis", "database")


@dataclass(frozen=True)
class Flags:
    """A runbook's flags in its order, and the surfaces that hold them: "redis", "database", "processes"."""

    names: tuple[str, ...]
    surfaces: tuple[str, ...] = STORES


def posture(
    systems: Systems, flags: Flags, changed_at: Mapping[str, datetime], replicas: Sequence[FlagValue] = ()
) -> Observation[Posture]:
    """What does each surface hold: Redis and the database, for the platform and every tenant, or each process?

    Shape:   values of Redis, then of the database, then of processes, then those of `replicas`, read elsewhere.
    Errors:  NotConfigured, Unreachable, Malformed, NoData (a replica of Redis without its primary).
    """
    parts: list[Observation[Any]] = []
    values: list[FlagValue] = []
    ids: tuple[str, ...] = ()
    if set(STORES) & set(flags.surfaces):
        rows, tenants = systems.database.flag_rows(flags.names), systems.database.tenants()
        ids = tuple(tenant.id for tenant in tenants.value)
        keys = systems.redis_flags.values(flags.names, ids)
        parts, values = [keys, rows, tenants], [*keys.value, *rows.value]
    if "processes" in flags.surfaces:
        served = systems.ops_view.flags()
        parts.append(served)
        values += [value for one in served.value for value in _served(one.pod, one.started_at, one.values, flags)]
    value = Posture(flags.names, (*values, *replicas), ids, dict(changed_at))
    return joined(value, "flags", *parts)


def _served(pod: str, started_at: datetime, values: Mapping[str, str], flags: Flags) -> Iterator[FlagValue]:
    for flag in flags.names:
        if flag in values:
            command = f"set {flag}={{value}} in the environment of {pod} and restart it"
            yield FlagValue(flag, f"{PROCESS}{pod}", GLOBAL, values[flag], started_at, command)
