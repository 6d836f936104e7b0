"""What does the database of the ops view hold: migrations, a workspace's rows and roles, its audit trail?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, TypeVar

from flipgate.core.errors import Malformed
from flipgate.core.facts.writes import Event, Row, Transition
from flipgate.core.observation import Observation
from flipgate.safety.postgres import Door

if TYPE_CHECKING:
    from flipgate.config.environment import Postgres
    from flipgate.core.clock import Clock

T = TypeVar("T")

_MIGRATIONS = "select version, applied_at from schema_migrations order by version"
_RECORDS = """select 'patches', count(*) from patches where workspace_id = %(workspace)s
union all select 'rfis', count(*) from rfis where workspace_id = %(workspace)s"""
_ROLES = """select role, count(distinct user_id) from user_workspace_roles where workspace_id = %(workspace)s
group by role order by role"""
_ITEMS = """select 'patch', id::text, status, author_id, version from patches where workspace_id = %(workspace)s
union all select 'rfi', id::text, custody_status, author_id, version from rfis where workspace_id = %(workspace)s"""
_ROWS = {
    "patch": "select status, version, patches::text from patches where id::text = %(id)s",
    "rfi": "select custody_status, version, rfis::text from rfis where id::text = %(id)s",
}
_EVENTS = """select id, event_type, actor_id, coalesce(from_status, ''), coalesce(to_status, ''), coalesce(version, 0)
from audit_events where entity_id = %(id)s and entity_kind = %(kind)s and id > %(after)s order by id"""
_NEWEST_EVENT = "select coalesce(max(id), 0) from audit_events"
_TRANSITIONS = """select changed.id, changed.state, changed.version, changed.updated_at, count(e.id) from (
select 'patch' as kind, id::text as id, status as state, version, updated_at from patches
where workspace_id = %(workspace)s and version > 1 and updated_at >= %(since)s
union all select 'rfi', id::text, custody_status, version, updated_at from rfis
where workspace_id = %(workspace)s and version > 1 and updated_at >= %(since)s
order by updated_at desc limit %(most)s) as changed
left join audit_events as e on e.entity_id = changed.id and e.entity_kind = changed.kind
and e.event_type = 'transition' and e.version = changed.version and e.to_status = changed.state
group by changed.id, changed.state, changed.version, changed.updated_at order by changed.updated_at desc"""
_BATCHES = """select id::text from drive_batches
where workspace_id = %(workspace)s and file_id = %(file)s and revision = %(revision)s"""
_LEFT = """select 'patch', id::text from patches where record_id = any(%(records)s) and intent like %(mark)s
union all select 'rfi', id::text from rfis where target_record_id = any(%(records)s) and question like %(mark)s
union all select 'drive batch', id::text from drive_batches
where file_id = any(%(records)s) and revision like %(mark)s"""


@dataclass(frozen=True)
class Item:
    """One row of a workspace: "patch" or "rfi", and how it stands."""

    kind: str
    id: str
    state: str
    author: str
    version: int


class OpsRows:
    """Asks one database. Errors of all questions: Unreachable, Malformed."""

    def __init__(self, block: Postgres, clock: Clock) -> None:
        self._door, self._clock = Door(block), clock

    def migrations(self) -> Observation[dict[str, datetime]]:
        """Which migrations are applied, and since when?"""
        rows = self._rows(lambda version, at: (version, self._world(at)), _MIGRATIONS)
        return self._seen("migrations", _MIGRATIONS, dict(rows))

    def records(self, workspace: str) -> Observation[dict[str, int]]:
        """How many patches and requests for information has this workspace?"""
        rows = self._rows(lambda kind, count: (kind, int(count)), _RECORDS, {"workspace": workspace})
        return self._seen("rows", _RECORDS, dict(rows))

    def roles(self, workspace: str) -> Observation[dict[str, int]]:
        """How many people have which role in this workspace?"""
        rows = self._rows(lambda role, count: (role, int(count)), _ROLES, {"workspace": workspace})
        return self._seen("roles", _ROLES, dict(rows))

    def items(self, workspace: str) -> Observation[tuple[Item, ...]]:
        """How does each patch and request for information of this workspace stand?"""
        return self._seen("rows", _ITEMS, self._rows(Item, _ITEMS, {"workspace": workspace}))

    def row(self, kind: str, record: str) -> Row | None:
        """How does this record stand? None where there is no such row."""

        def row(state: str, version: int, text: str) -> Row:
            return Row(state, version, sha256(text.encode()).hexdigest())

        found = self._rows(row, _ROWS[kind], {"id": record})
        return found[0] if found else None

    def newest_event(self) -> int:
        """Up to which event has the audit trail been written?"""
        return self._rows(int, _NEWEST_EVENT)[0]

    def events(self, kind: str, record: str, after: int) -> tuple[tuple[int, Event], ...]:
        """Which events of this record has the trail gained after that one?"""

        def event(number: int, what: str, actor: str, before: str, to: str, version: int) -> tuple[int, Event]:
            return number, Event(what, actor, before, to, version)

        return self._rows(event, _EVENTS, {"id": record, "kind": kind, "after": after})

    def transitions(self, workspace: str, since: datetime, most: int) -> Observation[tuple[Transition, ...]]:
        """Which records changed their state last since then, and how many events tell of it? Newest first."""

        def transition(record: str, state: str, version: int, at: datetime, events: int) -> Transition:
            return Transition(record, state, version, self._world(at), events)

        params = {"workspace": workspace, "since": self._clock.to_server(since), "most": most}
        return self._seen("transitions", _TRANSITIONS, self._rows(transition, _TRANSITIONS, params))

    def batches(self, workspace: str, file: str, revision: str) -> Observation[tuple[str, ...]]:
        """Which batches are there of this file and revision?"""
        params = {"workspace": workspace, "file": file, "revision": revision}
        return self._seen("rows", _BATCHES, self._rows(str, _BATCHES, params))

    def left(self, records: Sequence[str], mark: str) -> tuple[tuple[str, str], ...]:
        """Which rows are there, kind and id, that were made for these test records under a mark?"""
        params = {"records": list(records), "mark": f"{mark}%"}
        return self._rows(lambda kind, record: (kind, record), _LEFT, params)

    def _rows(self, kind: Callable[..., T], sql: str, params: Mapping[str, object] | None = None) -> tuple[T, ...]:
        return self._door.rows(kind, sql, params or {})

    def _seen(self, unit: str, sql: str, value: T) -> Observation[T]:
        return Observation(value, unit, "postgresql", (" ".join(sql.split()),), self._clock.now())

    def _world(self, moment: datetime) -> datetime:
        if moment.tzinfo is None:
            raise Malformed(self._door.address, f"a time without a zone: {moment}")
        return self._clock.to_world(moment.astimezone(UTC))
