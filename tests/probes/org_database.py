"""The tables of the contract, with two tenants; their times are given, not made."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import LiteralString

from tests.probes.servers import PostgresServer

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
TABLES = """
drop schema public cascade; create schema public;
create table tenants (id text primary key, slug text, created_at timestamptz);
create table members (id text primary key, tenant_id text, updated_at timestamptz);
create table pillars (id text primary key, tenant_id text, updated_at timestamptz);
create table teams (id text primary key, tenant_id text, updated_at timestamptz);
create table team_memberships (team_id text, member_id text, tenant_id text, updated_at timestamptz);
create table org_units (id text primary key, tenant_id text, updated_at timestamptz);
create table org_unit_memberships (org_unit_id text, member_id text, tenant_id text, updated_at timestamptz);
create table platform_feature_flags (flag text, scope text, value boolean, updated_at timestamptz, updated_by text);
create table policy_conflicts (id text, tenant_id text, detected_at timestamptz);
"""
ROWS = """
insert into tenants values ('b', 'B', '2026-01-02 00:00Z'), ('a', 'A', '2026-01-01 00:00Z');
insert into teams select 't-00' || i, 'a', '2026-05-04 12:00Z' from generate_series(0, 2) i;
insert into org_units select id, tenant_id, updated_at from teams;
insert into platform_feature_flags values ('cascade_4layer', 'global', false, '2026-05-04 12:00Z', 'op');
"""


def fill(server: PostgresServer, rows: LiteralString = ROWS) -> None:
    with server.admin() as admin:
        admin.execute(TABLES)
        admin.execute(rows)
