"""What ops_view answers: who asks, what lies in their scope, and what may be done with it."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from secrets import token_hex
from typing import Any, LiteralString

import msgspec
from starlette.requests import Request

from .database import Database
from .ops_load import OpsViewLevers
from .ops_records import ADMIN, ANALYST, PATCH, RFI, Kind, Local, Record, Records

_LARGEST_PAGE, _DEFAULT_PAGE = 100, 50
_ROLES_SQL: LiteralString = "select workspace_id, role from user_workspace_roles where user_id = %s"
_BATCH_SQL: LiteralString = """
    with made as (insert into drive_batches (id, workspace_id, file_id, revision, author_id, created_at)
        values (%s, %s, %s, %s, %s, clock_timestamp()) on conflict do nothing returning *),
    event as (insert into audit_events (event_type, entity_kind, entity_id, workspace_id, actor_id)
        select 'created', 'drive_batch', id, workspace_id, author_id from made)
    select id from made"""
_SAME_BATCH_SQL: LiteralString = "select id from drive_batches where (workspace_id, file_id, revision) = (%s, %s, %s)"
_WHOSE_BATCH_SQL: LiteralString = "select workspace_id, author_id from drive_batches where id = %s"
_DROP_BATCH_SQL: LiteralString = """
    with gone as (delete from drive_batches where id = %s returning *)
    insert into audit_events (event_type, entity_kind, entity_id, workspace_id, actor_id)
    select 'deleted', 'drive_batch', id, workspace_id, %s from gone"""


@dataclass(frozen=True)
class Answer:
    """A status, and what is said with it in JSON; None says nothing."""

    status: int
    body: object = None


class RefusedError(Exception):
    """The request is refused, with a code that programs read."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        said = message or code.replace("_", " ").lower()
        self.answer = Answer(status, {"error": {"code": code, "message": said}})


@dataclass(frozen=True)
class Asker:
    """Who asks, and in which role."""

    user: str
    role: str


class Desk:
    """All that is answered, by where records are read from and written to."""

    def __init__(
        self, database: Database, reads: Records, writes: Records, levers: Callable[[], OpsViewLevers]
    ) -> None:
        self.database, self.reads, self.writes, self.levers = database, reads, writes, levers
        self.patches, self.rfis = Shelf(self, PATCH), Shelf(self, RFI)
        self.batches = Batches(self)

    async def asker(self, request: Request, workspace: str) -> Asker:
        """Who asks for something of this workspace? Errors: RefusedError."""
        scheme, _, user = request.headers.get("authorization", "").partition(" ")
        roles: dict[str, str] = dict(await self.database.rows(_ROLES_SQL, (user,)))
        if scheme != "Bearer" or not roles:
            raise RefusedError(HTTPStatus.UNAUTHORIZED, "UNAUTHORIZED")
        if workspace and workspace not in roles:
            raise RefusedError(HTTPStatus.FORBIDDEN, "FORBIDDEN")
        return Asker(user, roles.get(workspace, ""))

    async def visible(self, kind: Kind, workspace: str, asker: Asker) -> list[Record]:
        """Which records does this asker see?"""
        records = await self.reads.all(kind, workspace)
        role, _, extent = self.levers().scope.partition(":")
        if role == asker.role:
            return records if extent == "all" else []
        return [record for record in records if kind.shows(record, asker.user, asker.role)]

    async def queue(self, request: Request) -> Answer:
        """Everything that the asker may see, and how much of it there is."""
        workspace = request.path_params["ws"]
        asker = await self.asker(request, workspace)
        found = {kind: await self.visible(kind, workspace, asker) for kind in (PATCH, RFI)}
        shown = {kind: records[int(len(records) * self.levers().hides) :] for kind, records in found.items()}
        items = [
            {
                "id": one.id, "kind": kind.name, "status": one.status,
                "author_id": one.author_id, "version": one.version,
            }
            for kind, records in shown.items()
            for one in records
        ]  # fmt: skip
        counts = {"total": len(items), "patches": len(shown[PATCH]), "rfis": len(shown[RFI])}
        return Answer(200, {"data": {"items": items, "counts": counts}, "meta": {"source": self.reads.source}})


class Shelf:
    """The records of one kind: listed, added, moved, dropped."""

    def __init__(self, desk: Desk, kind: Kind) -> None:
        self._desk, self._kind = desk, kind

    async def listed(self, request: Request) -> Answer:
        workspace, kind = request.path_params["ws"], self._kind
        after, size = _page(request)
        records = await self._desk.visible(kind, workspace, await self._desk.asker(request, workspace))
        rest = [record for record in records if record.id > after]
        shown = rest[:size]
        leads_on = urlsafe_b64encode(shown[-1].id.encode()).decode() if len(rest) > size else ""
        if self._desk.levers().diverges and shown:
            shown[0] = msgspec.structs.replace(shown[0], status=kind.begins, version=shown[0].version - 1)
        meta = {"source": self._desk.reads.source, "next_cursor": leads_on}
        return Answer(200, {"data": [kind.told(record) for record in shown], "meta": meta})

    async def added(self, request: Request) -> Answer:
        workspace, kind = request.path_params["ws"], self._kind
        asker = await self._desk.asker(request, workspace)
        if asker.role != ANALYST:
            raise RefusedError(HTTPStatus.FORBIDDEN, "FORBIDDEN")
        record = kind.drafted(workspace, await _body(request, dict.fromkeys(kind.fields, str)), asker.user)
        await self._desk.writes.add(kind, record)
        return self._told(record, HTTPStatus.CREATED)

    async def moved(self, request: Request) -> Answer:
        """404 before 409 before 403."""
        kind, levers = self._kind, self._desk.levers()
        asked = await _body(request, {kind.state: str, "version": int})
        record, asker = await self._found(request)
        to, version = asked[kind.state], asked["version"]
        if to not in kind.states:
            raise RefusedError(HTTPStatus.BAD_REQUEST, "INVALID_BODY", f"{kind.state} has no value {to!r}")
        if version != record.version and levers.late_writes != "accept":
            if levers.late_writes == "change":
                await self._desk.writes.move(kind, record, to, asker.user)
            raise RefusedError(HTTPStatus.CONFLICT, "STALE_VERSION", f"the version is {record.version}")
        if not (kind.lets(record, to, asker.user, asker.role) or levers.custody == "open"):
            raise RefusedError(HTTPStatus.FORBIDDEN, "FORBIDDEN_TRANSITION")
        moved = await self._desk.writes.move(kind, record, to, asker.user)
        if moved is None:
            raise RefusedError(HTTPStatus.CONFLICT, "STALE_VERSION")
        return self._told(moved, HTTPStatus.OK)

    async def dropped(self, request: Request) -> Answer:
        record, asker = await self._found(request)
        if asker.role != ADMIN and asker.user != record.author_id:
            raise RefusedError(HTTPStatus.FORBIDDEN, "FORBIDDEN")
        await self._desk.writes.drop(self._kind, record, asker.user)
        return Answer(HTTPStatus.NO_CONTENT)

    async def _found(self, request: Request) -> tuple[Record, Asker]:
        await self._desk.asker(request, "")
        record = await self._desk.writes.one(self._kind, request.path_params["id"])
        if record is None:
            raise RefusedError(HTTPStatus.NOT_FOUND, "NOT_FOUND")
        return record, await self._desk.asker(request, record.workspace_id)

    def _told(self, record: Record, status: int) -> Answer:
        return Answer(status, {"data": self._kind.told(record), "meta": {"source": self._desk.writes.source}})


class Batches:
    """Drive batches: of one file and revision there is one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._local: dict[tuple[str, str, str], tuple[str, str]] = {}

    async def added(self, request: Request) -> Answer:
        workspace = request.path_params["ws"]
        asker = await self._desk.asker(request, workspace)
        asked = await _body(request, {"file_id": str, "revision": str})
        key = (workspace, asked["file_id"], asked["revision"])
        made = f"bat_{token_hex(8)}"
        known = await self._known(key, made, asker.user)
        told = {"id": known or made, "file_id": key[1], "revision": key[2], "duplicate": bool(known)}
        status = HTTPStatus.OK if known else HTTPStatus.CREATED
        return Answer(status, {"data": told, "meta": {"source": self._desk.writes.source}})

    async def dropped(self, request: Request) -> Answer:
        identity = request.path_params["id"]
        await self._desk.asker(request, "")
        workspace, author = await self._owner(identity)
        asker = await self._desk.asker(request, workspace)
        if asker.role != ADMIN and asker.user != author:
            raise RefusedError(HTTPStatus.FORBIDDEN, "FORBIDDEN")
        self._local = {key: kept for key, kept in self._local.items() if kept[0] != identity}
        if not self._is_local:
            await self._desk.database.rows(_DROP_BATCH_SQL, (identity, asker.user))
        return Answer(HTTPStatus.NO_CONTENT)

    @property
    def _is_local(self) -> bool:
        return isinstance(self._desk.writes, Local)

    async def _known(self, key: tuple[str, str, str], made: str, user: str) -> str:
        """Which batch is this file and revision already? "" where it is the one made now."""
        if self._is_local:
            kept = self._local.setdefault(key, (made, user))
            return "" if kept[0] == made else kept[0]
        if self._desk.levers().dedupe_broken:
            key = (key[0], key[1], f"{key[2]} {made}")
        if await self._desk.database.rows(_BATCH_SQL, (made, *key, user)):
            return ""
        ((known,),) = await self._desk.database.rows(_SAME_BATCH_SQL, key)
        return str(known)

    async def _owner(self, identity: str) -> tuple[str, str]:
        if self._is_local:
            found = [(key[0], author) for key, (batch, author) in self._local.items() if batch == identity]
        else:
            found = [(row[0], row[1]) for row in await self._desk.database.rows(_WHOSE_BATCH_SQL, (identity,))]
        if not found:
            raise RefusedError(HTTPStatus.NOT_FOUND, "NOT_FOUND")
        return found[0]


def _page(request: Request) -> tuple[str, int]:
    """After which id, and how many? Errors: RefusedError."""
    asked = request.query_params
    try:
        size = int(asked.get("limit") or _DEFAULT_PAGE)
        after = urlsafe_b64decode(asked.get("cursor", "")).decode()
    except (binascii.Error, ValueError):
        raise RefusedError(HTTPStatus.BAD_REQUEST, "INVALID_PAGE") from None
    if not 0 < size <= _LARGEST_PAGE:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "INVALID_PAGE", f"limit is 1 to {_LARGEST_PAGE}")
    return after, size


async def _body(request: Request, shape: dict[str, type]) -> dict[str, Any]:
    """The fields that were sent. Errors: RefusedError where one is missing or of another type."""
    try:
        sent = msgspec.json.decode(await request.body(), type=dict[str, Any])
    except msgspec.MsgspecError:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "INVALID_BODY", "the body is no JSON object") from None
    wrong = [name for name, kind in shape.items() if type(sent.get(name)) is not kind or sent[name] == ""]
    if wrong:
        raise RefusedError(HTTPStatus.BAD_REQUEST, "INVALID_BODY", f"missing or misshapen: {', '.join(wrong)}")
    return {name: sent[name] for name in shape}
