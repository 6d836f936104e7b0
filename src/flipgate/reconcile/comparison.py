"""In which rows do the legacy tables and their mirror differ, tenant by tenant? The database compares; here is counted.

A legacy row is mirrored by the row of its own tenant and key. Pillars and teams are `org_units`: kind, name and parent
are compared. A membership of a team is one of its unit: its role is compared, and a team's lead is a role there. When a
row was written is not compared: the mirror is written later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from flipgate.core.clock import Clock, least_s
from flipgate.core.errors import Refused, visible
from flipgate.reconcile.figures import Comparison, Tally, TenantFigures
from flipgate.safety.postgres import Door, Snapshot

LEGACY, MIRROR = ("pillars", "teams", "team_memberships"), ("org_units", "org_unit_memberships")
ANSWER_S, WORK_MEM_MB = 3600, 64
_LARGEST_SKEW_S = 2.0
_NAME = 60  # characters of it that are shown

_EXISTING = "select name from unnest(%(names)s::text[]) as name where to_regclass(name) is not null"
_DRIFT = """with legacy_units as (
    select tenant_id, id, 'pillar' as kind, name, null as parent from pillars
    union all select tenant_id, id, 'team', name, pillar_id from teams),
units as (
    select coalesce(l.tenant_id, m.tenant_id) as tenant_id,
        sum(case when m.id is null then 1 else 0 end) as missing, count(*) as drift
    from legacy_units as l full join org_units as m on m.tenant_id = l.tenant_id and m.id = l.id
    where m.id is null or l.id is null or (l.kind, l.name, l.parent) is distinct from (m.kind, m.name, m.parent_id)
    group by coalesce(l.tenant_id, m.tenant_id)),
legacy_roles as (
    select s.tenant_id, s.team_id, s.member_id,
        case when t.lead_member_id = s.member_id then 'lead' when s.role = 'lead' then 'member' else s.role end as role
    from team_memberships as s left join teams as t on t.id = s.team_id),
roles as (
    select coalesce(l.tenant_id, m.tenant_id) as tenant_id,
        sum(case when m.member_id is null then 1 else 0 end) as missing, count(*) as drift
    from legacy_roles as l full join org_unit_memberships as m
        on m.tenant_id = l.tenant_id and m.org_unit_id = l.team_id and m.member_id = l.member_id
    where m.member_id is null or l.member_id is null or l.role is distinct from m.role
    group by coalesce(l.tenant_id, m.tenant_id)),
drifting as (
    select coalesce(u.tenant_id, r.tenant_id) as tenant_id,
        coalesce(u.missing, 0) as missing_units, coalesce(u.drift, 0) - coalesce(u.missing, 0) as other_units,
        coalesce(r.missing, 0) as missing_roles, coalesce(r.drift, 0) - coalesce(r.missing, 0) as other_roles
    from units as u full join roles as r on r.tenant_id = u.tenant_id)
select coalesce(t.slug, t.id::text, d.tenant_id::text), t.created_at,
    coalesce(d.missing_units, 0), coalesce(d.other_units, 0),
    coalesce(d.missing_roles, 0), coalesce(d.other_roles, 0)
from tenants as t full join drifting as d on d.tenant_id = t.id
order by coalesce(t.id, d.tenant_id)"""


class _Row(NamedTuple):
    name: str | None
    created_at: datetime | None
    missing_units: int
    other_units: int
    missing_memberships: int
    other_memberships: int


Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Comparer:
    """Compares in one database. `told` hears how many tenants are done, and of how many."""

    door: Door
    clock: Clock
    told: Told

    def compared(self) -> Comparison:
        """What differs now, under one snapshot?

        Errors:  Refused for a clock more than 2 s off and for tables that are not there; Unreachable for a database
                 that is away, says no or does not answer within an hour.
        Cost:    one pass over each table, and a hash of the mirror; memory here does not grow with the tenants.
        """
        self._refuse_other_times()
        with self.door.snapshot() as snapshot:
            self._refuse_absent_tables(snapshot)
            (tenants,) = snapshot.rows(int, "select count(*) from tenants", {})
            self.told(0, tenants)
            return self._counted(snapshot.streamed(_Row, _DRIFT), tenants)

    def _counted(self, rows: Iterable[_Row], tenants: int) -> Comparison:
        tally = Tally()
        for number, row in enumerate(rows, start=1):
            since = row.created_at and self.clock.to_world(row.created_at)
            tally.add(TenantFigures(visible(row.name or "(none)", _NAME), *map(int, row[2:])), since)
            if number % 1000 == 0:
                self.told(number, max(number, tenants))
        return tally.comparison()

    def _refuse_other_times(self) -> None:
        before = self.clock.machine()
        (server,) = self.door.rows(_moment, "select clock_timestamp()", {})
        skew_s = least_s(server - self.clock.machine(), server - before)
        if abs(skew_s) > _LARGEST_SKEW_S:
            raise Refused(
                f"{self.door.address}: its clock is {skew_s:+.1f} s from this machine's, {_LARGEST_SKEW_S:g} s are"
                " allowed: a report's date would be a guess. Set the clocks right (NTP), then run again"
            )

    def _refuse_absent_tables(self, snapshot: Snapshot) -> None:
        wanted = ("tenants", *LEGACY, *MIRROR)
        existing = snapshot.rows(str, _EXISTING, {"names": list(wanted)})
        if absent := [name for name in wanted if name not in existing]:
            raise Refused(f"{self.door.address}: no table {', '.join(absent)}: {_why(absent)}")


def _why(absent: list[str]) -> str:
    if "tenants" in absent:
        return "this is another database, or the role may not use the schema"
    if set(absent) & set(LEGACY):
        return "Phase 3 has begun, there is nothing left to compare with and no report to write"
    return "the mirror was never made: Phase 1 comes first"


def _moment(moment: datetime) -> datetime:
    return moment
