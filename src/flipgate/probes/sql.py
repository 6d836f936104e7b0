"""What does the database hold: flags, tenants, tables, and how often are they read?"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from flipgate.core.errors import Malformed, NoData, Refused
from flipgate.core.facts.flags import FlagValue
from flipgate.core.facts.routes import AuditRow
from flipgate.core.facts.tables import TableState
from flipgate.core.observation import Observation
from flipgate.probes.differences import Edits
from flipgate.safety.postgres import Door

if TYPE_CHECKING:
    from flipgate.config.environment import Postgres
    from flipgate.core.clock import Clock
    from flipgate.core.window import Window

T = TypeVar("T")

_ITSELF = "select system_identifier::text, current_database() from pg_control_system()"
_FLAGS = """select flag, scope, coalesce(value::text, 'null'), updated_at from platform_feature_flags
where flag = any(%(flags)s) order by flag, scope"""
_EXISTING = "select name from unnest(%(names)s::text[]) as name where to_regclass(name) is not null"
_SCANS = """select relname::text, coalesce(seq_scan, 0) + coalesce(idx_scan, 0) from pg_stat_user_tables
where relname = any(%(names)s) and relid = to_regclass(relname::text)"""
_AUDIT = """select coalesce(audit_kind, ''), coalesce(surface, ''), coalesce(actor_user_id, ''),
coalesce(actor_clearance, 0), coalesce(reason, ''), created_at from agent_audit_log
where (audit_kind = %(kind)s or surface = %(surface)s) and created_at >= %(since)s order by created_at"""
_CONFLICTS = "select count(*) from policy_conflicts where detected_at >= %(start)s and detected_at < %(end)s"
_SOME_MEMBERS = "select tenant_id::text, max(id::text) from members group by tenant_id order by tenant_id"
_EDITED = """select id, of_membership, max(updated_at) from (
select id::text as id, false as of_membership, updated_at from teams where id::text = any(%(ids)s)
union all select id::text, false, updated_at from pillars where id::text = any(%(ids)s)
union all select id::text, false, updated_at from members where id::text = any(%(ids)s)
union all select team_id::text, true, updated_at from team_memberships where team_id::text = any(%(ids)s)
union all select member_id::text, true, updated_at from team_memberships where member_id::text = any(%(ids)s)
) as touched group by id, of_membership"""


@dataclass(frozen=True)
class TenantRow:
    """One tenant of the database. created_at: world time."""

    id: str
    created_at: datetime


class Database:
    """Asks one database. `alone` keeps this suite's other questions away while counters of reads are watched."""

    def __init__(self, block: Postgres, clock: Clock) -> None:
        self._door, self._clock = Door(block), clock

    def flag_rows(self, flags: Sequence[str]) -> Observation[tuple[FlagValue, ...]]:
        """Which overrides of these flags does the database hold, and since when?"""

        def flag_value(flag: str, scope: str, text: str, updated_at: datetime) -> FlagValue:
            named = f"flag = {_literal(flag)} AND scope = {_literal(scope)}"
            command = f"UPDATE platform_feature_flags SET value = {{value}}, updated_at = now() WHERE {named}"  # noqa: S608  shown, not sent
            return FlagValue(flag, "database", scope, text, self._world(updated_at), command)

        return self._seen("flag rows", _FLAGS, self._rows(flag_value, _FLAGS, {"flags": list(flags)}))

    def tenants(self) -> Observation[tuple[TenantRow, ...]]:
        """Which tenants are there, and since when? Ascending by id, code point by code point."""
        sql = "select id::text, created_at from tenants"
        rows = self._rows(lambda id_, created_at: TenantRow(id_, self._world(created_at)), sql)
        return self._seen("tenants", sql, tuple(sorted(rows, key=lambda row: row.id)))

    def table_states(self, names: Sequence[str]) -> Observation[tuple[TableState, ...]]:
        """Do these tables exist, how many rows have they, how new is the newest? In the order asked; one snapshot."""
        existing = set(self._rows(str, _EXISTING, {"names": [_identifier(name) for name in names]}))
        parts = [f"select '{name}', count(*), max(updated_at) from {name}" for name in names if name in existing]  # noqa: S608
        sql = " union all ".join(parts)
        states = {state.name: state for state in self._rows(self._state, sql)} if parts else {}
        found = tuple(states.get(name, TableState(name, exists=False, rows=None, newest=None)) for name in names)
        return self._seen("rows", sql or _EXISTING, found)

    def scans(self, names: Sequence[str]) -> Observation[dict[str, int]]:
        """How often was each table scanned, by index or from end to end, since its statistics began?

        Errors: NoData for a table without statistics.
        """
        found = dict(self._rows(lambda name, scans: (name, int(scans)), _SCANS, {"names": list(names)}))
        if missing := [name for name in names if name not in found]:
            raise NoData(self._door.address, f"no statistics of {', '.join(missing)}", _SCANS)
        return self._seen("scans", _SCANS, found)

    def conflicts_per_hour(self, window: Window) -> Observation[float]:
        """How many policy conflicts were detected an hour?

        Errors: NoData for a window without length.
        """
        if not window.length_s:
            raise NoData(self._door.address, f"a window without length: {window}", _CONFLICTS)
        rate = self.conflicts(window).value * 3600 / window.length_s
        return self._seen("conflicts an hour", _CONFLICTS, rate, window)

    def conflicts(self, window: Window) -> Observation[int]:
        """How many policy conflicts were detected?"""
        params = {"start": self._clock.to_server(window.start), "end": self._clock.to_server(window.end)}
        return self._seen("rows", _CONFLICTS, self._rows(int, _CONFLICTS, params)[0], window)

    def some_members(self) -> Observation[tuple[tuple[str, str], ...]]:
        """Which member of each tenant may stand for it: tenant and member? The same one each time it is asked."""
        rows = self._rows(lambda tenant, member: (tenant, member), _SOME_MEMBERS)
        return self._seen("members", _SOME_MEMBERS, rows)

    def team_rows(self, tenant: str) -> Observation[int]:
        """How many teams has this tenant in the legacy table?"""
        sql = "select count(*) from teams where tenant_id = %(tenant)s"
        return self._seen("rows", sql, self._rows(int, sql, {"tenant": tenant})[0])

    def edited(self, ids: Sequence[str]) -> Observation[Edits]:
        """When were these records' own legacy rows (teams, pillars, members) and their memberships last written?

        Shape: an id with a NUL in it has no row: no text of the database can hold one.
        """
        held = {"ids": [id_ for id_ in ids if "\0" not in id_]}
        rows = self._rows(lambda id_, of, at: (of, id_, self._world(at)), _EDITED, held)
        own = {id_: at for of_membership, id_, at in rows if not of_membership}
        memberships = {id_: at for of_membership, id_, at in rows if of_membership}
        return self._seen("rows", _EDITED, Edits(own, memberships))

    def audit_rows(self, kind: str, surface: str, since: datetime) -> Observation[tuple[AuditRow, ...]]:
        """Which audit rows of this kind or of this surface were written since then? Oldest first."""

        def row(audit_kind: str, of: str, actor: str, clearance: int, reason: str, at: datetime) -> AuditRow:
            return AuditRow(audit_kind, of, actor, clearance, reason, self._world(at))

        params = {"kind": kind, "surface": surface, "since": self._clock.to_server(since)}
        return self._seen("rows", _AUDIT, self._rows(row, _AUDIT, params))

    def server_time(self) -> Observation[datetime]:
        """What time is it for the database?"""
        sql = "select clock_timestamp()"
        return self._seen("time", sql, self._rows(self._world, sql)[0])

    def itself(self) -> Observation[dict[str, str]]:
        """Which cluster of files is this, and which database of it? Its identifier is made once, with the cluster."""
        rows = self._rows(lambda cluster, name: {"system_identifier": cluster, "database": name}, _ITSELF)
        return self._seen("names", _ITSELF, rows[0])

    def started(self) -> Observation[str]:
        """When did the server start, by its own clock? What tells this run of it from the one before."""
        sql = "select pg_postmaster_start_time()::text"
        return self._seen("time", sql, self._rows(str, sql)[0])

    def alone(self) -> AbstractContextManager[object]:
        """Inside, no other thread of this suite asks the database."""
        return self._door.turn

    def close(self) -> None:
        self._door.close()

    def _rows(self, kind: Callable[..., T], sql: str, params: Mapping[str, object] | None = None) -> tuple[T, ...]:
        return self._door.rows(kind, sql, params or {})

    def _seen(self, unit: str, sql: str, value: T, window: Window | None = None) -> Observation[T]:
        return Observation(value, unit, "postgresql", (" ".join(sql.split()),), self._clock.now(), window)

    def _state(self, name: str, rows: int, newest: datetime | None) -> TableState:
        return TableState(name, exists=True, rows=rows, newest=newest and self._world(newest))

    def _world(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise Malformed(self._door.address, f"a time without a zone: {moment}")
        return self._clock.to_world(moment.astimezone(UTC))


def _identifier(name: str) -> str:
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
        raise Refused(f"postgresql: {name!r} is not the plain name of a table")
    return name


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
