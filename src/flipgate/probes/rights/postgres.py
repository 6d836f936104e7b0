"""What may the suite's role do to the database?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.probes.rights import Right
from flipgate.safety.postgres import Door

if TYPE_CHECKING:
    from flipgate.config.environment import Postgres

# Each part names a kind of right, and on what it is held; catalogs of the server itself are left out.
_RIGHTS = """
select 'superuser', rolname::text from pg_roles where rolname = current_user and rolsuper
union all select 'createrole', rolname::text from pg_roles where rolname = current_user and rolcreaterole
union all select 'createdb', rolname::text from pg_roles where rolname = current_user and rolcreatedb
union all select 'replication', rolname::text from pg_roles where rolname = current_user and rolreplication
union all select 'bypassrls', rolname::text from pg_roles where rolname = current_user and rolbypassrls
union all select 'member', g.rolname::text from pg_auth_members m join pg_roles g on g.oid = m.roleid
join pg_roles r on r.oid = m.member where r.rolname = current_user and not g.rolname = any(%(readers)s)
union all select 'tables', c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = any(%(tables)s) and not n.nspname = any(%(own)s) and n.nspname not like 'pg_t%%'
and (has_table_privilege(c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
or has_any_column_privilege(c.oid, 'INSERT, UPDATE, REFERENCES'))
union all select 'sequences', c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
where case when c.relkind = 'S' then has_sequence_privilege(c.oid, 'USAGE, UPDATE') else false end
union all select 'schemas', nspname::text from pg_namespace
where not nspname = any(%(own)s) and nspname not like 'pg_t%%' and has_schema_privilege(oid, 'CREATE')
union all select 'database', current_database()::text where has_database_privilege(current_database(), 'CREATE')
union all select 'temporary', current_database()::text where has_database_privilege(current_database(), 'TEMPORARY')
union all select 'definer', p.oid::regprocedure::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
where p.prosecdef and not n.nspname = any(%(own)s) and has_function_privilege(p.oid, 'EXECUTE')
union all select 'log', p.oid::regprocedure::text from pg_proc p
where p.proname = 'pg_logical_emit_message' and has_function_privilege(p.oid, 'EXECUTE')
union all select 'large objects', p.oid::regprocedure::text from pg_proc p
where p.proname = any(%(large)s) and has_function_privilege(p.oid, 'EXECUTE')
union all select 'foreign servers', srvname::text from pg_foreign_server where has_server_privilege(oid, 'USAGE')"""
_PARAMS: dict[str, object] = {
    "own": ["pg_catalog", "information_schema"],
    "readers": ["pg_read_all_data", "pg_read_all_settings", "pg_read_all_stats", "pg_monitor", "pg_stat_scan_tables"],
    "tables": ["r", "p", "v", "m", "f"],
    "large": [
        "lo_creat",
        "lo_create",
        "lo_from_bytea",
        "lo_put",
        "lo_unlink",
        "lo_truncate",
        "lo_truncate64",
        "lowrite",
    ],
}
_SHOWN = 3
# What the role may do with it, and the command that ends it; {on} is what it is held on, {role} who holds it.
_MEANING = {
    "superuser": ("is a superuser", "ALTER ROLE {role} NOSUPERUSER"),
    "createrole": ("makes and changes roles", "ALTER ROLE {role} NOCREATEROLE"),
    "createdb": ("makes databases", "ALTER ROLE {role} NOCREATEDB"),
    "replication": ("replicates, and holds the log back", "ALTER ROLE {role} NOREPLICATION"),
    "bypassrls": ("sees past row-level security", "ALTER ROLE {role} NOBYPASSRLS"),
    "member": ("can act as {on}", "REVOKE {on} FROM {role}"),
    "tables": (
        "changes {on}",
        "REVOKE INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON {on} FROM {role}, PUBLIC",
    ),
    "sequences": ("moves {on}", "REVOKE USAGE, UPDATE ON SEQUENCE {on} FROM {role}, PUBLIC"),
    "schemas": ("makes tables in {on}", "REVOKE CREATE ON SCHEMA {on} FROM {role}, PUBLIC"),
    "database": ("makes schemas in {on}", "REVOKE CREATE ON DATABASE {on} FROM {role}, PUBLIC"),
    "temporary": ("makes temporary tables in {on}", "REVOKE TEMPORARY ON DATABASE {on} FROM {role}, PUBLIC"),
    "definer": (
        "calls {on} with the rights of its owner (SECURITY DEFINER)",
        "REVOKE EXECUTE ON FUNCTION {on} FROM {role}, PUBLIC",
    ),
    "large objects": ("writes large objects with {on}", "REVOKE EXECUTE ON FUNCTION {on} FROM {role}, PUBLIC"),
    "log": ("writes to the log with {on}", "REVOKE EXECUTE ON FUNCTION {on} FROM {role}, PUBLIC"),
    "foreign servers": ("reaches the foreign server {on}", "REVOKE USAGE ON FOREIGN SERVER {on} FROM {role}, PUBLIC"),
}


def rights(block: Postgres) -> tuple[Right, ...]:
    """Which rights beyond reading has this role, by whatever way it came to them? One question.

    Errors: Unreachable.
    """
    door = Door(block)
    try:
        rows = door.rows(lambda kind, on: (kind, on), _RIGHTS, _PARAMS)
    finally:
        door.close()
    held: dict[str, list[str]] = {}
    for kind, on in rows:
        held.setdefault(kind, []).append(on)
    return tuple(_right(door.address, block.user, kind, names) for kind, names in held.items())


def _right(address: str, role: str, kind: str, names: list[str]) -> Right:
    what, mend = _MEANING[kind]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return Right(
        address,
        kind,
        f"{role} {what.format(on=', '.join(names[:_SHOWN]) + more)}",
        mend.format(on=", ".join(names), role=role),
    )
