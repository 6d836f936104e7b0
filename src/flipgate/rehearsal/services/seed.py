"""The organisation of the environment: twelve tenants of different sizes, the same in every run of one version."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random
from typing import LiteralString
from uuid import UUID, uuid5

import psycopg

SCHEMA_SQL: LiteralString = """
create table tenants (
    id text primary key, slug text not null, created_at timestamptz not null, updated_at timestamptz not null);
create table members (
    id text primary key, tenant_id text not null, display_name text not null, email text not null,
    updated_at timestamptz not null);
create table pillars (
    id text primary key, tenant_id text not null, name text not null, updated_at timestamptz not null);
create table teams (
    id text primary key, tenant_id text not null, pillar_id text not null, name text not null, lead_member_id text,
    updated_at timestamptz not null);
create table team_memberships (
    team_id text not null, member_id text not null, tenant_id text not null, role text not null,
    updated_at timestamptz not null, primary key (team_id, member_id));
create table org_units (
    id text primary key, tenant_id text not null, parent_id text, kind text not null, name text not null,
    updated_at timestamptz not null);
create table org_unit_memberships (
    org_unit_id text not null, member_id text not null, tenant_id text not null, role text not null,
    updated_at timestamptz not null, primary key (org_unit_id, member_id));
create table platform_feature_flags (
    flag text not null, scope text not null, value boolean not null, updated_at timestamptz not null,
    updated_by text not null, primary key (flag, scope));
create table policies (
    id text primary key, tenant_id text not null, name text not null, layer text not null, effect text not null,
    action text not null, resource text not null, updated_at timestamptz not null);
create table roles (
    id text primary key, tenant_id text not null, name text not null, clearance integer not null,
    updated_at timestamptz not null);
create table policy_conflicts (
    id text primary key, tenant_id text not null, policy_a text not null, policy_b text not null,
    detected_at timestamptz not null, updated_at timestamptz not null);
create table agent_audit_log (
    id text primary key, audit_kind text not null, surface text not null, actor_user_id text not null,
    actor_clearance integer not null, reason text not null, created_at timestamptz not null);
create index on members (tenant_id, id);
create index on pillars (tenant_id, id);
create index on teams (tenant_id, id);
create index on team_memberships (tenant_id, member_id);
create index on org_units (tenant_id, kind, id);
create index on org_unit_memberships (tenant_id, member_id);
create index on policies (tenant_id, id);
create index on roles (tenant_id, id);
create index on policy_conflicts (tenant_id, id);
create index on policy_conflicts (detected_at);
"""

# The mirror is what dual-write made of the legacy rows: their ids, their times.
_MIRROR_SQL: LiteralString = """
insert into org_units select id, tenant_id, null, 'pillar', name, updated_at from pillars;
insert into org_units select id, tenant_id, pillar_id, 'team', name, updated_at from teams;
insert into org_unit_memberships select team_id, member_id, tenant_id, role, updated_at from team_memberships;
grant select, insert, update, delete on all tables in schema public to services;
analyze;
"""

_NAMESPACE = UUID("6f1f4c1e-8b1d-5c57-9a43-0f6a4a7d2b11")
# slug, teams, members
_TENANTS = (
    ("nordlicht", 130, 640),
    ("café-céleste", 240, 900),
    ("żuraw", 64, 310),
    ("物流本舗", 112, 455),
    ("oak-and-iron", 20, 150),
    ("ђердап", 88, 520),
    ("são-bento", 205, 780),
    ("ægir", 41, 222),
    ("harbour-9", 101, 201),
    ("δelta", 150, 333),
    ("kiruna", 33, 410),
    ("erste-woche", 0, 150),
)
_PLACES = (
    "Ostwind",
    "Málaga",
    "Łódź",
    "東京",
    "Йорк",
    "Århus",
    "İzmir",
    "Tromsø",
    "Δράμα",
    "Fjord",
    "Québec",
    "Zürich",
)
_TRADES = ("Platform", "Vertrieb", "Opérations", "物流", "Поддержка", "Données", "Réseau", "Billing", "Größen", "Risk")
_GIVEN = ("Ana", "Zoë", "Łukasz", "Nguyễn", "Σοφία", "Björn", "明", "Олена", "Chloé", "İpek", "Tom", "Siân")
_FAMILY = ("Ångström", "Núñez", "Kowalska", "Trần", "Παππάς", "Ødegård", "佐藤", "Шевченко", "Müller", "Öztürk", "Reed")
ACTIONS = ("read", "write", "approve", "delete", "export")
RESOURCES = ("team", "member", "report", "budget", "policy")
_LAYERS = ("platform", "org", "team")
_CONFLICT_DAYS, _CONFLICTS_PER_HOUR = 6, 3

Row = tuple[object, ...]


def identity(*parts: object) -> str:
    """Which id belongs to this thing, in every run?"""
    return str(uuid5(_NAMESPACE, "/".join(map(str, parts))))


@dataclass(frozen=True)
class Tenant:
    """A tenant and how large it is; the last has no teams yet."""

    slug: str
    teams: int
    members: int

    @cached_property
    def id(self) -> str:
        return identity(self.slug)

    def member(self, number: int) -> str:
        return identity(self.slug, "member", number)


TENANTS = tuple(Tenant(*row) for row in _TENANTS)
TEST_ORG = TENANTS[0].id


class _Rows:
    """The rows of every tenant, table by table, as of one moment."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.random = Random("the organisation")  # noqa: S311  deterministic on purpose
        self.tables: dict[str, list[Row]] = {}
        for number, tenant in enumerate(TENANTS):
            self._tenant(number, tenant)

    def _add(self, table: str, *row: object) -> None:
        self.tables.setdefault(table, []).append(row)

    def _edited(self) -> datetime:
        return self.now - timedelta(seconds=self.random.uniform(60, 25 * 86400))

    def _tenant(self, number: int, tenant: Tenant) -> None:
        created = self.now - timedelta(days=45 + 23 * number)
        self._add("tenants", tenant.id, tenant.slug, created, created)
        for index in range(tenant.members):
            name = f"{_GIVEN[index % len(_GIVEN)]} {_FAMILY[index % len(_FAMILY)]}"
            self._add(
                "members", tenant.member(index), tenant.id, name, f"m{index}@tenant{number}.example", self._edited()
            )
        self._teams(tenant)
        self._governance(tenant)

    def _teams(self, tenant: Tenant) -> None:
        pillars = [identity(tenant.slug, "pillar", index) for index in range(min(tenant.teams, 3 + tenant.teams // 30))]
        for index, pillar in enumerate(pillars):
            self._add("pillars", pillar, tenant.id, f"{_TRADES[index % len(_TRADES)]} {index + 1}", self._edited())
        staff = self._staff(tenant)
        for index in range(tenant.teams):
            team, members = identity(tenant.slug, "team", index), sorted(staff.get(index, ()))
            name = f"{_PLACES[index % len(_PLACES)]} {_TRADES[index // len(_PLACES) % len(_TRADES)]} {index + 1}"
            lead = members[0] if members else None
            self._add("teams", team, tenant.id, pillars[index % len(pillars)], name, lead, self._edited())
            for member in members:
                self._add(
                    "team_memberships", team, member, tenant.id, "lead" if member == lead else "member", self._edited()
                )

    def _staff(self, tenant: Tenant) -> dict[int, set[str]]:
        """Who is in which team? Some members are in none, some in two, the last team of a tenant is empty."""
        staff: dict[int, set[str]] = {}
        if tenant.teams:
            for index in range(tenant.members):
                for _ in range(self.random.choices((0, 1, 2), weights=(1, 16, 3))[0]):
                    staff.setdefault(self.random.randrange(tenant.teams - 1), set()).add(tenant.member(index))
        return staff

    def _governance(self, tenant: Tenant) -> None:
        policies = [identity(tenant.slug, "policy", index) for index in range(20 + tenant.members // 5)]
        for index, policy in enumerate(policies):
            action, resource = ACTIONS[index % 5], RESOURCES[index // 5 % 5]
            layer, effect = _LAYERS[index % 3], "deny" if index % 11 == 0 else "allow"
            name = f"{layer}: {effect} {action} on {resource} {index + 1}"
            self._add("policies", policy, tenant.id, name, layer, effect, action, resource, self._edited())
        for clearance, name in (
            (10, "Gast"),
            (30, "membre"),
            (50, "lead"),
            (70, "auditor"),
            (90, "admin"),
            (100, "platform-admin"),
        ):
            self._add("roles", identity(tenant.slug, "role", name), tenant.id, name, clearance, self._edited())
        for index in range(_CONFLICT_DAYS * 24 * _CONFLICTS_PER_HOUR // len(TENANTS)):
            at = self.now - timedelta(days=_CONFLICT_DAYS * self.random.random())
            first, second = self.random.sample(policies, 2)
            self._add("policy_conflicts", identity(tenant.slug, "conflict", index), tenant.id, first, second, at, at)


def check_question(random: Random, tenant: Tenant) -> dict[str, str]:
    """What might one of this tenant's members ask governance?"""
    resource = f"{random.choice(RESOURCES)}/{random.randrange(1000)}"
    return {
        "memberId": tenant.member(random.randrange(tenant.members)),
        "action": random.choice(ACTIONS),
        "resource": resource,
    }


def _statements(script: LiteralString) -> Iterator[LiteralString]:
    return (statement for statement in script.split(";") if statement.strip())


def seed(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Fills an empty schema with the organisation, mirror included, and lets the role `services` read and write it."""
    rows = _Rows(datetime.now(UTC))
    with connection.cursor() as cursor:
        for table, content in rows.tables.items():
            with cursor.copy(psycopg.sql.SQL("copy {} from stdin").format(psycopg.sql.Identifier(table))) as copy:
                for row in content:
                    copy.write_row(row)
        for statement in _statements(_MIRROR_SQL):
            cursor.execute(statement)
    connection.commit()
