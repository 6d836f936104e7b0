"""A small ops view over a real database: it does what the contract says, and what a test tells it to do instead."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from flipgate.config.environment import Environment, OpsView
from flipgate.config.secret import Secret
from tests.probes.servers import PostgresServer

TABLES = """
drop schema public cascade; create schema public;
create table schema_migrations (version text, applied_at timestamptz);
create table patches (id text primary key, workspace_id text, record_id text, field_key text, intent text, status text,
  author_id text, version int, created_at timestamptz default now(), updated_at timestamptz default now());
create table rfis (id text primary key, workspace_id text, question text, target_record_id text, custody_status text,
  author_id text, version int, created_at timestamptz default now(), updated_at timestamptz default now());
create table drive_batches (id text primary key, workspace_id text, file_id text, revision text,
  created_at timestamptz);
create table audit_events (id bigserial, timestamp_iso timestamptz default now(), event_type text, entity_kind text,
  entity_id text, workspace_id text, actor_id text, from_status text, to_status text, version int);
create table user_workspace_roles (user_id text, workspace_id text, role text);
insert into schema_migrations values ('012', '2026-02-01 08:00Z'), ('013', '2026-02-02 08:00Z');
insert into user_workspace_roles values ('user-admin', 'ws', 'admin'), ('user-verifier', 'ws', 'verifier'),
  ('user-analyst', 'ws', 'analyst'), ('user-other', 'ws_2', 'admin');
insert into patches (id, workspace_id, status, author_id, version) values
  ('p1', 'ws', 'Draft', 'user-analyst', 1), ('p2', 'ws', 'Submitted', 'somebody', 2), ('p9', 'ws_2', 'Draft', 'x', 1);
insert into rfis (id, workspace_id, custody_status, author_id, version) values
  ('r1', 'ws', 'awaiting_verifier', 'user-analyst', 2), ('r2', 'ws', 'open', 'somebody', 1);
"""
USERS = {role: f"user-{role}" for role in ("admin", "verifier", "analyst")}
TEST_RECORD = "rec_smoke"
_STATES = {"patches": ("status", "Draft"), "rfis": ("custody_status", "open")}
_MAY = {
    ("analyst", "Draft", "Submitted"),
    ("analyst", "open", "awaiting_verifier"),
    ("verifier", "awaiting_verifier", "resolved"),
    ("verifier", "awaiting_verifier", "returned"),
    ("analyst", "returned", "awaiting_verifier"),
}


@dataclass
class Application:
    """`instead`: what a test answers in its place, by method; it may raise KeyError to leave a request alone."""

    server: HTTPServer
    database: Any
    flags: dict[str, bool] = field(default_factory=lambda: {"OPS_VIEW_DB_READ": True, "OPS_VIEW_DB_WRITE": True})
    instead: dict[str, Callable[[Request], Response]] = field(default_factory=dict)
    made: int = 0

    @property
    def address(self) -> str:
        return urlsplit(self.server.url_for("")).netloc

    def environment(self, server: PostgresServer, **more: Any) -> Environment:
        """Two replicas that are one process; Prometheus and cluster are left out."""
        block = OpsView(
            url=self.server.url_for(""),
            replicas=(self.address, self.address),
            workspace="ws",
            users={role: Secret(user, f"file:{role}") for role, user in USERS.items()},
            deployment="ops-view",
            job="ops-view",
            requests="http_requests_total",
            histogram="http_request_duration_seconds",
            boot_record="ops_view feature flags",
            routes={"queue": ("GET /queue",)},
        )
        head = {"name": "dev", "tier": "dev", "runbooks": ("ops_view",), "postgres": server.block, "ops_view": block}
        return Environment(**head, **({"writes": "allowed", "test_records": (TEST_RECORD,)} | more))

    def answer(self, request: Request) -> Response:
        try:
            return self.instead[request.method](request)
        except KeyError:
            return getattr(self, f"_{request.method.lower()}")(request)

    def _get(self, request: Request) -> Response:
        role = self._role(request)
        if request.path.endswith("/feature-flags"):
            meta = {"pod": "ops-view-a", "started_at": "2026-05-04T12:00:00Z"}
            return said({"data": self.flags, "meta": meta}, headers={"x-ops-view-environment": "dev"})
        items = [one for kind in _STATES for one in self._items(kind, role)]
        if request.path.endswith("/operations/queue"):
            patches = sum(one["kind"] == "patch" for one in items)
            counts = {"total": len(items), "patches": patches, "rfis": len(items) - patches}
            return said({"data": {"items": items, "counts": counts}, "meta": {"source": "db"}})
        kind = request.path.rpartition("/")[2]
        own = list(self._items(kind, role))
        first = int(request.args.get("cursor", "0"))
        following = str(first + 1) if first + 1 < len(own) else ""
        return said({"data": own[first : first + 1], "meta": {"source": "db", "next_cursor": following}})

    def _post(self, request: Request) -> Response:
        body, kind = request.json, request.path.rpartition("/")[2]
        assert body is not None
        self.made += 1
        record = f"made-{self.made}"
        if kind == "drive-batches":
            found = self._all("select id from drive_batches where file_id = %s and revision = %s", *body.values())
            if found:
                return said({"data": {"id": found[0][0], **body, "duplicate": True}})
            self._run("insert into drive_batches values (%s, 'ws', %s, %s, now())", record, *body.values())
            return said({"data": {"id": record, **body, "duplicate": False}}, 201)
        state, first = _STATES[kind]
        fields = ", ".join(body)
        marks = ", ".join(["%s"] * len(body))
        self._run(
            f"insert into {kind} (id, workspace_id, {fields}, {state}, author_id, version)"  # noqa: S608
            f" values (%s, 'ws', {marks}, %s, %s, 1)",
            *(record, *body.values(), first, USERS[self._role(request)]),
        )
        self._event("created", kind, record, request, "", first, 1)
        return said({"data": {"id": record, state: first, "version": 1}, "meta": {"source": "db"}}, 201)

    def _patch(self, request: Request) -> Response:
        body, (kind, record) = request.json, request.path.split("/")[-2:]
        assert body is not None
        column, _ = _STATES[kind]
        ((state, version),) = self._all(f"select {column}, version from {kind} where id = %s", record)  # noqa: S608
        if body["version"] != version:
            return said({"error": {"code": "STALE_VERSION", "message": ""}}, 409)
        role = self._role(request)
        if role != "admin" and (role, state, body[column]) not in _MAY:
            return said({"error": {"code": "FORBIDDEN_TRANSITION", "message": ""}}, 403)
        changed = f"update {kind} set {column} = %s, version = version + 1, updated_at = now() where id = %s"  # noqa: S608
        self._run(changed, body[column], record)
        self._event("transition", kind, record, request, state, body[column], version + 1)
        return said({"data": {"id": record, column: body[column], "version": version + 1}, "meta": {"source": "db"}})

    def _delete(self, request: Request) -> Response:
        kind, record = request.path.split("/")[-2:]
        self._run(f"delete from {kind.replace('-', '_')} where id = %s", record)  # noqa: S608
        return Response(status=204)

    def _items(self, kind: str, role: str) -> Iterator[dict[str, Any]]:
        column = _STATES[kind][0]
        rows = self._all(f"select id, {column}, author_id, version from {kind} where workspace_id = 'ws' order by id")  # noqa: S608
        for record, state, author, version in rows:
            mine = {"analyst": author == USERS["analyst"], "verifier": state in ("Submitted", "awaiting_verifier")}
            if mine.get(role, True):
                one = {"id": record, column: state, "author_id": author, "version": version}
                yield {**one, "kind": "patch" if kind == "patches" else "rfi", "status": state}

    def _event(self, what: str, kind: str, record: str, request: Request, *states: Any) -> None:
        self._run(
            "insert into audit_events (event_type, entity_kind, entity_id, workspace_id, actor_id, from_status,"
            " to_status, version) values (%s, %s, %s, 'ws', %s, %s, %s, %s)",
            *(what, "patch" if kind == "patches" else "rfi", record, USERS[self._role(request)], *states),
        )

    def _role(self, request: Request) -> str:
        return request.headers.get("Authorization", "").removeprefix("Bearer user-")

    def _run(self, sql: str, *values: Any) -> None:
        self.database.execute(sql, values)

    def _all(self, sql: str, *values: Any) -> list[Any]:
        found: list[Any] = self.database.execute(sql, values).fetchall()
        return found


@contextmanager
def running(server: HTTPServer, database: PostgresServer) -> Iterator[Application]:
    with database.admin() as admin:
        admin.execute(TABLES)
        application = Application(server, admin)
        server.expect_request(re.compile("/api/.*")).respond_with_handler(application.answer)
        yield application


def said(tree: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(tree), status, headers, content_type="application/json")
