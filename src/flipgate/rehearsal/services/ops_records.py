"""The records of a workspace, where they are kept: in the database, or in one process's local copy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any, LiteralString, Protocol

import msgspec
from psycopg.sql import SQL, Composed, Identifier

from .database import Database

ADMIN, VERIFIER, ANALYST = "admin", "verifier", "analyst"
_AUTHOR = "author"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A patch or a request for information; `values` are what its author wrote, by field."""

    id: str
    workspace_id: str
    values: dict[str, str]
    status: str
    author_id: str
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, eq=False)
class Kind:
    """What patches are, or what rfis are: their table, their fields, their states, and who may move them.

    moves  by the states before and after: the author, or a role.
    """

    name: str
    table: LiteralString
    prefix: str
    state: LiteralString
    fields: tuple[LiteralString, ...]
    begins: str
    awaits: str
    moves: dict[tuple[str, str], str]
    ends: str = ""

    @property
    def columns(self) -> tuple[LiteralString, ...]:
        return (
            "id", "workspace_id", *self.fields, self.state, "author_id", "version", "created_at", "updated_at",
        )  # fmt: skip

    @property
    def states(self) -> set[str]:
        return {state for move in self.moves for state in move} | ({self.ends} if self.ends else set())

    def lets(self, record: Record, to: str, user: str, role: str) -> bool:
        """May this user bring the record into that state?"""
        if to == self.ends and to:
            return role == ADMIN
        mover = self.moves.get((record.status, to))
        return mover == role or (mover == _AUTHOR and user == record.author_id and role == ANALYST)

    def shows(self, record: Record, user: str, role: str) -> bool:
        """Does the record lie in this user's scope?"""
        if role == ADMIN:
            return True
        return record.status == self.awaits if role == VERIFIER else record.author_id == user

    def told(self, record: Record) -> dict[str, object]:
        """How does an answer tell it?"""
        return {
            "id": record.id,
            "workspace_id": record.workspace_id,
            **record.values,
            self.state: record.status,
            "author_id": record.author_id,
            "version": record.version,
            "created_at": record.created_at,
            "updated_at": record.updated_at,
        }

    def read(self, row: tuple[Any, ...]) -> Record:
        """Which record do these columns hold?"""
        held = dict(zip(self.columns, row, strict=True))
        values = {name: held.pop(name) for name in self.fields}
        return Record(values=values, status=held.pop(self.state), **held)

    def drafted(self, workspace: str, values: dict[str, str], user: str) -> Record:
        now = datetime.now(UTC)
        return Record(
            id=f"{self.prefix}_{token_hex(8)}", workspace_id=workspace, values=values, status=self.begins,
            author_id=user, version=1, created_at=now, updated_at=now,
        )  # fmt: skip


PATCH = Kind(
    "patch",
    "patches",
    "pat",
    "status",
    ("record_id", "field_key", "intent"),
    "Draft",
    "Submitted",
    {("Draft", "Submitted"): _AUTHOR, ("Submitted", "Approved"): VERIFIER, ("Submitted", "Rejected"): VERIFIER},
)
RFI = Kind(
    "rfi",
    "rfis",
    "rfi",
    "custody_status",
    ("question", "target_record_id"),
    "open",
    "awaiting_verifier",
    {
        ("open", "awaiting_verifier"): _AUTHOR,
        ("awaiting_verifier", "resolved"): VERIFIER,
        ("awaiting_verifier", "returned"): VERIFIER,
        ("returned", "awaiting_verifier"): _AUTHOR,
    },
    ends="closed",
)
KINDS = (PATCH, RFI)


class Records(Protocol):
    """Where records are kept. A move that comes too late, for another version, answers None and changes nothing."""

    source: str

    async def all(self, kind: Kind, workspace: str) -> list[Record]: ...
    async def one(self, kind: Kind, identity: str) -> Record | None: ...
    async def add(self, kind: Kind, record: Record) -> None: ...
    async def move(self, kind: Kind, record: Record, to: str, user: str) -> Record | None: ...
    async def drop(self, kind: Kind, record: Record, user: str) -> None: ...


@dataclass
class Local:
    """One process's own copy."""

    source: str = "local"
    kept: dict[str, dict[str, Record]] = field(default_factory=lambda: {kind.name: {} for kind in KINDS})

    def age(self, before: Callable[[datetime], datetime]) -> None:
        for records in self.kept.values():
            for identity, one in records.items():
                aged = {"created_at": before(one.created_at), "updated_at": before(one.updated_at)}
                records[identity] = msgspec.structs.replace(one, **aged)

    async def all(self, kind: Kind, workspace: str) -> list[Record]:
        return sorted(
            (one for one in self.kept[kind.name].values() if one.workspace_id == workspace), key=lambda one: one.id
        )

    async def one(self, kind: Kind, identity: str) -> Record | None:
        return self.kept[kind.name].get(identity)

    async def add(self, kind: Kind, record: Record) -> None:
        self.kept[kind.name][record.id] = record

    async def move(self, kind: Kind, record: Record, to: str, user: str) -> Record | None:  # noqa: ARG002  Records
        changed = {"status": to, "version": record.version + 1, "updated_at": datetime.now(UTC)}
        moved = self.kept[kind.name][record.id] = msgspec.structs.replace(record, **changed)
        return moved

    async def drop(self, kind: Kind, record: Record, user: str) -> None:  # noqa: ARG002  Records
        self.kept[kind.name].pop(record.id, None)


# Each statement is one transaction: the record and its event stand or fall together.
_WITH_EVENT: LiteralString = """
    with changed as ({change}),
    event as (insert into audit_events
        (event_type, entity_kind, entity_id, workspace_id, actor_id, from_status, to_status, version)
        select %s, %s, id, workspace_id, %s, %s, {told}, version from changed where %s)
    select {columns} from changed"""
_ADD: LiteralString = "insert into {table} ({columns}) values ({values}) returning *"
_MOVE: LiteralString = """
    update {table} set {state} = %s, version = version + %s, updated_at = clock_timestamp()
    where id = %s and version = %s returning *"""
_DROP: LiteralString = "delete from {table} where id = %s returning *"


@dataclass
class Stored:
    """The database; `audits` says whether an actor's doings leave their event, `bump` what a move adds to a version."""

    database: Database
    audits: Callable[[str], bool]
    bump: Callable[[], int]
    source: str = "db"

    async def all(self, kind: Kind, workspace: str) -> list[Record]:
        query = SQL("select {columns} from {table} where workspace_id = %s order by id").format(**_names(kind))
        return [kind.read(row) for row in await self.database.rows(query, (workspace,))]

    async def one(self, kind: Kind, identity: str) -> Record | None:
        query = SQL("select {columns} from {table} where id = %s").format(**_names(kind))
        rows = await self.database.rows(query, (identity,))
        return kind.read(rows[0]) if rows else None

    async def add(self, kind: Kind, record: Record) -> None:
        told = kind.told(record)
        written = [told[column] for column in kind.columns]
        added = SQL(_ADD).format(**_names(kind), values=SQL(", ").join([SQL("%s")] * len(written)))
        await self._told(kind, added, (*written, *self._event("created", kind, record.author_id, None)))

    async def move(self, kind: Kind, record: Record, to: str, user: str) -> Record | None:
        event = self._event("transition", kind, user, record.status)
        moved = SQL(_MOVE).format(**_names(kind))
        rows = await self._told(kind, moved, (to, self.bump(), record.id, record.version, *event))
        return kind.read(rows[0]) if rows else None

    async def drop(self, kind: Kind, record: Record, user: str) -> None:
        event = self._event("deleted", kind, user, record.status)
        dropped = SQL(_DROP).format(**_names(kind))
        await self._told(kind, dropped, (record.id, *event), told=SQL("null"))

    def _event(self, event: str, kind: Kind, user: str, before: str | None) -> tuple[object, ...]:
        return event, kind.name, user, before, self.audits(user)

    async def _told(
        self, kind: Kind, change: Composed, params: Sequence[object], told: SQL | None = None
    ) -> list[tuple[Any, ...]]:
        """The change and its event, which tells the state after it."""
        instead = {"change": change, "told": told or Identifier(kind.state)}
        return await self.database.rows(SQL(_WITH_EVENT).format(**_names(kind), **instead), params)


def _names(kind: Kind) -> dict[str, Composed | Identifier]:
    columns = SQL(", ").join(map(Identifier, kind.columns))
    return {"table": Identifier(kind.table), "columns": columns, "state": Identifier(kind.state)}
