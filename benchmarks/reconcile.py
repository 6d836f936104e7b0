"""What does a reconciliation of every tenant cost, beside a plain EXCEPT over the same tables?

python -m benchmarks

Each tenant has 50 legacy rows, mirrored. The comparison and psql take turns on one server, and the best turns are
compared; EXCEPT is asked in one direction only, which is the least that finds a missing row. Peak memory is that of a
process for each number of tenants.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.row import Row
from flipgate.core.clock import Clock
from flipgate.reconcile.comparison import ANSWER_S, WORK_MEM_MB, Comparer
from flipgate.rehearsal.services.seed import SCHEMA_SQL
from flipgate.safety.postgres import Door
from tests.probes.servers import PostgresServer, psql, running_postgres

SIZES = {1_000: 15, 10_000: 5, 100_000: 2}  # tenants, and how many turns
_FILL = """
insert into tenants select 'n' || i, 'tenant-' || i, now(), now() from generate_series(1, {tenants}) i;
insert into pillars select id || '-p' || i, id, 'Pillar ' || i, now() from tenants, generate_series(1, 2) i;
insert into teams select id || '-t' || i, id, id || '-p' || (1 + i % 2), 'Team ' || i, null, now()
    from tenants, generate_series(1, 8) i;
insert into team_memberships select id || '-t' || (1 + i % 8), id || '-m' || i, id, 'member', now()
    from tenants, generate_series(1, 40) i;
insert into org_units select id, tenant_id, null, 'pillar', name, now() from pillars;
insert into org_units select id, tenant_id, pillar_id, 'team', name, now() from teams;
insert into org_unit_memberships select team_id, member_id, tenant_id, role, now() from team_memberships;
vacuum analyze tenants, pillars, teams, team_memberships, org_units, org_unit_memberships;
"""
_EXCEPT = """
(select tenant_id, id, 'pillar' as kind, name, null as parent from pillars
    union all select tenant_id, id, 'team', name, pillar_id from teams)
except select tenant_id, id, kind, name, parent_id from org_units;
select tenant_id, team_id, member_id, role from team_memberships
except select tenant_id, org_unit_id, member_id, role from org_unit_memberships;
"""


def run() -> list[Row]:
    """Which figures come out, beside their bounds?"""
    with running_postgres() as server:
        taken = {tenants: _turns(server, tenants, turns) for tenants, turns in SIZES.items()}
        few, many = _peak_mb(server, min(SIZES)), _peak_mb(server, max(SIZES))
    (_, middle), (_, most) = sorted((tenants, ours) for tenants, (ours, _) in taken.items())[-2:]
    return [
        *(_beside_except(tenants, ours, plain) for tenants, (ours, plain) in taken.items()),
        Row("reconciling 10 times the tenants, of 10 times the time", most / middle / 10, 1.5),
        Row("reconcile's peak memory, of that for a hundredth", many / few, 1.1, f"{many:.0f} MB beside {few:.0f} MB"),
    ]


def _beside_except(tenants: int, ours: float, plain: float) -> Row:
    detail = f"{ours:.2f} s, {plain:.2f} s for EXCEPT in psql, {tenants * 50:,} rows"
    return Row(f"reconciling {tenants:,} tenants, of a plain EXCEPT's time", ours / plain, 1.5, detail)


def _turns(server: PostgresServer, tenants: int, turns: int) -> tuple[float, float]:
    _fill(server, tenants)
    ours, plain = [], []
    for _ in range(turns):
        plain.append(_seconds(lambda: _psql(server, _EXCEPT)))
        ours.append(_seconds(lambda: _compared(server.port, tenants)))
    return min(ours), min(plain)


def _fill(server: PostgresServer, tenants: int) -> None:
    _psql(server, f"drop schema public cascade; create schema public; {SCHEMA_SQL} {_FILL.format(tenants=tenants)}")


def _psql(server: PostgresServer, sql: str) -> None:
    command = [str(psql()), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-h", "127.0.0.1"]
    command += ["-p", str(server.port), "-U", "postgres", "-d", "postgres"]
    subprocess.run(command, input=sql, check=True, text=True, stderr=subprocess.DEVNULL)


def _compared(port: int, tenants: int) -> None:
    door = Door(PostgresServer(port).block, ANSWER_S, WORK_MEM_MB)
    seen = Comparer(door, Clock(), lambda _, __: None).compared()
    door.close()
    assert (seen.scanned, seen.gate) == (tenants, "PASS")


def _peak_mb(server: PostgresServer, tenants: int) -> float:
    _fill(server, tenants)
    command = [sys.executable, "-m", "benchmarks.reconcile", str(server.port), str(tenants)]
    root = Path(__file__).parents[1]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, cwd=root).stdout)


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    _compared(int(sys.argv[1]), int(sys.argv[2]))
    sys.stdout.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
