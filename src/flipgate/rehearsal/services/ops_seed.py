"""The workspaces of ops_view: who works in them, and the records that they hold, the same in every run."""

from datetime import UTC, datetime, timedelta
from hashlib import sha1
from random import Random
from typing import LiteralString

import psycopg

SCHEMA_SQL: LiteralString = """
create table schema_migrations (version text primary key, applied_at timestamptz not null);
create table patches (
    id text primary key, workspace_id text not null, record_id text not null, field_key text not null,
    intent text not null, status text not null, author_id text not null, version int not null,
    created_at timestamptz not null, updated_at timestamptz not null);
create table rfis (
    id text primary key, workspace_id text not null, question text not null, target_record_id text not null,
    custody_status text not null, author_id text not null, version int not null,
    created_at timestamptz not null, updated_at timestamptz not null);
create table drive_batches (
    id text primary key, workspace_id text not null, file_id text not null, revision text not null,
    author_id text not null, created_at timestamptz not null, unique (workspace_id, file_id, revision));
create table audit_events (
    id bigserial primary key, timestamp_iso timestamptz not null default clock_timestamp(), event_type text not null,
    entity_kind text not null, entity_id text not null, workspace_id text not null, actor_id text not null,
    from_status text, to_status text, version int);
create table user_workspace_roles (
    user_id text not null, workspace_id text not null, role text not null, primary key (user_id, workspace_id));
create index on patches (workspace_id, id);
create index on rfis (workspace_id, id);
create index on audit_events (entity_id, version);
create index on audit_events (timestamp_iso);
"""

# The trail is append-only.
_GRANT_SQL: LiteralString = """
grant select, insert, update, delete on patches, rfis, drive_batches to services;
grant select on user_workspace_roles, schema_migrations to services;
grant select, insert on audit_events to services;
grant usage on all sequences in schema public to services;
analyze;
"""

WORKSPACE, OTHER_WORKSPACE = "ws_meridian", "ws_atlas"
TEST_RECORD = "rec_smoke_b"
MIGRATIONS = ("010", "011", "012", "013")
_PATCHES, _RFIS, _OTHER_PATCHES, _OTHER_RFIS, _BATCHES = 132, 48, 37, 12, 20
_PATCH_STATES = (("Draft", 1), ("Submitted", 2), ("Approved", 3), ("Rejected", 3), ("Submitted", 2))
_RFI_STATES = (
    ("open", 1), ("awaiting_verifier", 2), ("returned", 3), ("resolved", 3), ("awaiting_verifier", 4), ("closed", 4),
)  # fmt: skip
_FIELDS = ("title", "owner", "due_date", "severity", "summary", "region")
_INTENTS = ("correct a typo", "align with the contract", "Größe nachtragen", "fusionner deux fiches", "担当者を変更")
_QUESTIONS = ("Which source is newer?", "Who confirmed this?", "¿Falta un anexo?", "Ist das Datum belegt?")

Row = tuple[object, ...]


def identity(kind: str, *parts: object) -> str:
    """Which id belongs to this thing, in every run? No protection of anything."""
    return f"{kind}_{sha1('/'.join(map(str, (kind, *parts))).encode(), usedforsecurity=False).hexdigest()[:16]}"


def _users(workspace: str, role: str, count: int) -> tuple[str, ...]:
    return tuple(identity("usr", workspace, role, number) for number in range(count))


# The first of each role is the suite's; the others are the environment's own users.
ADMINS, VERIFIERS, ANALYSTS = (
    _users(WORKSPACE, role, count) for role, count in (("admin", 2), ("verifier", 3), ("analyst", 5))
)
USERS = {"admin": ADMINS, "verifier": VERIFIERS, "analyst": ANALYSTS}
_OTHER_USERS = {
    role: _users(OTHER_WORKSPACE, role, count) for role, count in (("admin", 1), ("verifier", 1), ("analyst", 2))
}


class _Rows:
    """The rows of every table, drawn from one seed; times lie days before `now`."""

    def __init__(self, now: datetime) -> None:
        self._now, self._random = now, Random("ops_view")  # noqa: S311  a seeded model, not a secret

    def _between(self) -> tuple[datetime, datetime]:
        created_days = self._random.uniform(9, 60)
        changed_days = self._random.uniform(8, created_days)
        return self._now - timedelta(days=created_days), self._now - timedelta(days=changed_days)

    def patches(self, workspace: str, authors: tuple[str, ...], count: int) -> list[Row]:
        rows: list[Row] = []
        for number in range(count):
            status, version = _PATCH_STATES[number // len(authors) % len(_PATCH_STATES)]
            subject = (identity("rec", workspace, number % 40), self._random.choice(_FIELDS))
            state = (self._random.choice(_INTENTS), status, authors[number % len(authors)], version)
            rows.append((identity("pat", workspace, number), workspace, *subject, *state, *self._between()))
        return rows

    def rfis(self, workspace: str, authors: tuple[str, ...], count: int) -> list[Row]:
        rows: list[Row] = []
        for number in range(count):
            status, version = _RFI_STATES[number // len(authors) % len(_RFI_STATES)]
            subject = (self._random.choice(_QUESTIONS), identity("rec", workspace, number % 40))
            state = (status, authors[number % len(authors)], version)
            rows.append((identity("rfi", workspace, number), workspace, *subject, *state, *self._between()))
        return rows

    def batches(self, workspace: str, authors: tuple[str, ...], count: int) -> list[Row]:
        return [
            (
                identity("bat", workspace, number), workspace, identity("file", workspace, number // 2),
                str(1 + number % 2), authors[number % len(authors)], self._between()[0],
            )
            for number in range(count)
        ]  # fmt: skip

    def migrations(self) -> list[Row]:
        return [(version, self._now - timedelta(days=12 - number)) for number, version in enumerate(MIGRATIONS)]


def seed(connection: psycopg.Connection) -> None:
    """Fills the tables of the schema."""
    rows = _Rows(datetime.now(UTC))
    others = _OTHER_USERS["analyst"]
    filled: dict[str, list[Row]] = {
        "schema_migrations": rows.migrations(),
        "patches": rows.patches(WORKSPACE, ANALYSTS, _PATCHES) + rows.patches(OTHER_WORKSPACE, others, _OTHER_PATCHES),
        "rfis": rows.rfis(WORKSPACE, ANALYSTS, _RFIS) + rows.rfis(OTHER_WORKSPACE, others, _OTHER_RFIS),
        "drive_batches": rows.batches(WORKSPACE, ANALYSTS, _BATCHES),
        "user_workspace_roles": [
            (user, workspace, role)
            for workspace, users in ((WORKSPACE, USERS), (OTHER_WORKSPACE, _OTHER_USERS))
            for role, named in users.items()
            for user in named
        ],
    }
    with connection.cursor() as cursor:
        for table, written in filled.items():
            with cursor.copy(psycopg.sql.SQL("copy {} from stdin").format(psycopg.sql.Identifier(table))) as copy:
                for row in written:
                    copy.write_row(row)
    connection.execute(_GRANT_SQL)
