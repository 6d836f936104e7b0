"""The admin endpoint of §13: an operator forces the flag caches to be dropped, and leaves one audit row.

Peers: `token` belongs to a user of clearance 30, `admin_token` to a platform admin.
"""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import LiteralString
from uuid import uuid4

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from .database import Database
from .flags import Flags
from .process import json_response, sentence
from .settings import Settings

PATH = "v1/admin/feature-flags/refresh"
CLEARANCE = 100
_AUDIT_SQL: LiteralString = """
    insert into agent_audit_log (id, audit_kind, surface, actor_user_id, actor_clearance, reason, created_at)
    values (%s, 'config.refresh', 'v23-feature-flags', %s, %s, %s, clock_timestamp())"""


class Asked(msgspec.Struct, frozen=True):
    reason: str = ""


class Refresh:
    """Lets a platform admin refresh, and nobody else unless told so."""

    def __init__(self, settings: Settings, flags: Flags, database: Database) -> None:
        self._flags, self._database, self.is_for_all = flags, database, False
        self._users = {
            f"Bearer {settings.peer('token')}": ("user_flipgate", 30),
            f"Bearer {settings.peers.get('admin_token', '')}": ("user_operator", CLEARANCE),
        }

    async def answer(self, request: Request) -> Response:
        """Which answer has §13.1 for this request?"""
        if request.method != "POST":
            return sentence("405 method not allowed", HTTPStatus.METHOD_NOT_ALLOWED)
        user, clearance = self._users.get(request.headers.get("authorization", ""), ("", 0))
        if self.is_for_all:
            user, clearance = user or "user_unknown", CLEARANCE
        if not user:
            return _refused("UNAUTHORIZED", "a bearer token is required", HTTPStatus.UNAUTHORIZED)
        if clearance < CLEARANCE:
            return _refused("INSUFFICIENT_CLEARANCE", f"clearance {CLEARANCE} is required", HTTPStatus.FORBIDDEN)
        try:
            asked = msgspec.json.decode(await request.body() or b"{}", type=Asked)
        except msgspec.MsgspecError as error:
            return _refused("INVALID_ARGUMENT", str(error), HTTPStatus.BAD_REQUEST)
        self._flags.refresh()
        broadcast = await self._flags.announce()
        await self._database.rows(_AUDIT_SQL, (str(uuid4()), user, clearance, asked.reason))
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        return json_response({"refreshed": True, "at": at, "broadcast": broadcast})


def _refused(code: str, message: str, status: int) -> Response:
    return json_response({"error": {"code": code, "message": message}}, status)
