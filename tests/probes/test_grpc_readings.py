"""Readings that call the tenant service: parity with the database beside it, and what calls of ours leave behind."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

import psycopg
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from benchmarks.tenant_stub import PATHS
from flipgate.config.environment import Environment, Kubernetes, OrgV23
from flipgate.config.secret import Secret
from flipgate.core.clock import Clock
from flipgate.core.errors import NoData
from flipgate.core.window import Window
from flipgate.probes.readings.parity import capture, parity
from flipgate.probes.readings.reads import reads
from flipgate.probes.systems import Systems
from tests.probes.org_database import fill
from tests.probes.servers import PostgresServer
from tests.probes.tenant_service import TenantService, block

CORE, APPS = "/api/v1/namespaces/platform", "/apis/apps/v1/namespaces/platform"
KEY = "tenant.listteams"
SHIM = "ListTeams shim path invoked"
ORG = OrgV23(test_org="a", detect_interval_s=3600.0, governance_histogram="h", deployments=("tenant-service",))


@pytest.fixture
def service() -> TenantService:
    return TenantService().holding("a", "b")


@pytest.fixture
def environment(
    service: TenantService, postgres_server: PostgresServer, httpserver: HTTPServer
) -> Iterator[Callable[[str], Environment]]:
    """An environment of this name."""
    fill(postgres_server)
    cluster = Kubernetes(url=httpserver.url_for(""), namespace="platform", token=Secret("t", "env:T"))
    with service.serving() as address:

        def named(name: str) -> Environment:
            return Environment(
                name=name,
                tier="dev",
                runbooks=("org_v23",),
                postgres=postgres_server.block,
                services={"tenant-service": block(address)},
                kubernetes=cluster,
                org_v23=ORG,
            )

        yield named


def test_a_capture_and_its_comparison_say_where_when_and_how_many(
    environment: Callable[[str], Environment], tmp_path: Path
) -> None:
    systems, file = Systems(environment("dev"), Clock(offset_s=-3600)), tmp_path / "run-7" / "baseline.jsonl"
    kept = capture(systems, file)
    assert (kept.value.tenants, kept.value.file, kept.source) == (2, "baseline.jsonl", "grpc + postgresql")
    seen = parity(systems, file).value
    assert (seen.baseline_run, seen.differing, seen.new_tenants, seen.gone_tenants) == ("run-7", 0, (), ())
    assert (seen.rows_legacy, seen.rows_listed) == (3, {seen.addresses[0]: 3})
    assert timedelta() < systems.clock.now() - seen.captured_at < timedelta(minutes=1)


def test_tenants_come_and_go_and_later_edits_are_dated(
    environment: Callable[[str], Environment], service: TenantService, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    systems, file = Systems(environment("dev"), Clock()), tmp_path / "run" / "baseline.jsonl"
    capture(systems, file)
    service.holding("c").teams["a"][0]["name"] = service.teams["a"][1]["name"] = "another"
    with postgres_server.admin() as admin:
        admin.execute("delete from tenants where id = 'b'; insert into tenants values ('c', 'C', now())")
        admin.execute("update teams set updated_at = now() where id = 't-000'")
    seen = parity(systems, file).value
    assert (seen.new_tenants, seen.gone_tenants) == (("c",), ("b",))
    assert [(one.record, one.edited_at is None) for one in seen.differences] == [("t-001", True), ("t-000", False)]


def test_a_baseline_of_another_environment_is_no_data(
    environment: Callable[[str], Environment], tmp_path: Path
) -> None:
    capture(Systems(environment("dev"), Clock()), tmp_path / "run" / "baseline.jsonl")
    with pytest.raises(NoData, match="of the environment dev"):
        parity(Systems(environment("staging"), Clock()), tmp_path / "run" / "baseline.jsonl")


def test_reads_are_told_by_the_log_lines_and_the_scans_of_our_own_calls(
    environment: Callable[[str], Environment],
    service: TenantService,
    postgres_server: PostgresServer,
    httpserver: HTTPServer,
) -> None:
    logged: list[str] = []
    serve_cluster(httpserver, lambda: logged)
    with postgres_server.admin() as admin:
        service.spoil = lambda path, raw: answered_from_mirror(path, raw, logged, admin)
        seen = reads(Systems(environment("dev"), Clock()), "tenant-service", 3).value
    (replica,) = seen.replicas
    assert (replica.pod, replica.lines, replica.messages) == ("pod-1", 4, {SHIM: 3, "another line": 1})
    grown = {table for table, scans in seen.scans_after.items() if scans > seen.scans_before[table]}
    assert grown == {"org_units", "org_unit_memberships"}
    assert service.seen == [(PATHS[0], "a")] * 3


def test_a_window_counts_older_lines_errors_and_the_container_before_a_restart(
    environment: Callable[[str], Environment], httpserver: HTTPServer
) -> None:
    now, restarted = datetime.now(UTC), datetime.now(UTC) - timedelta(minutes=1)
    kept = {
        True: [(now - timedelta(minutes=9), "WARN", "older: fallback to legacy"), (restarted, "ERROR", "shim broke")],
        False: [(now, "INFO", SHIM), (now, "INFO", SHIM)],
    }
    serve_cluster(httpserver, list, kept, started_at=restarted)
    systems = Systems(environment("dev"), Clock())
    seen = reads(systems, "tenant-service", 1, Window.before(now, 300))
    (replica,) = seen.value.replicas
    assert (replica.lines, replica.messages) == (3, {"shim broke": 1, SHIM: 2})
    assert replica.errors == {"tenant.listteams: shim broke": 1}
    assert seen.window == Window.before(now, 300)


def answered_from_mirror(path: str, raw: bytes, logged: list[str], database: psycopg.Connection[object]) -> bytes:
    if path == PATHS[0]:
        database.execute("select * from org_units natural join org_unit_memberships")
        database.execute("select pg_stat_force_next_flush()")
        logged.extend([SHIM] if logged else ["another line", SHIM])
    return raw


def serve_cluster(
    server: HTTPServer,
    logged: Callable[[], list[str]],
    kept: Mapping[bool, Sequence[tuple[datetime, str, str]]] = MappingProxyType({}),
    started_at: datetime | None = None,
) -> None:
    """`kept` holds lines with a time of their own; those under True are of the container before the one that runs."""
    container = {"name": "main", "image": "tenant-service:abc1234"}
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": "t"}}, "template": {"spec": {"containers": [container]}}}
    status = {"observedGeneration": 1, "replicas": 1, "updatedReplicas": 1}
    metadata = {"name": "tenant-service", "generation": 1}
    began = (started_at or datetime(2026, 5, 1, 10, tzinfo=UTC)).isoformat()
    running = {"name": "main", "restartCount": int(bool(kept)), "state": {"running": {"startedAt": began}}}
    pod = {
        "metadata": {"name": "pod-1"},
        "spec": {"containers": [container]},
        "status": {"phase": "Running", "podIP": "10.0.0.1", "containerStatuses": [running]},
    }

    def log(request: Request) -> Response:
        told = [(datetime.now(UTC), "INFO", message) for message in logged()]
        told += kept.get("previous" in request.args, ())
        lines = [
            f"{at.isoformat()} {json.dumps({'ts': at.isoformat(), 'level': level, 'msg': message, 'key': KEY})}\n"
            for at, level, message in told
        ]
        return Response("".join(lines), content_type="text/plain")

    serve(server, f"{APPS}/deployments/tenant-service", {"metadata": metadata, "spec": spec, "status": status})
    serve(server, f"{CORE}/pods", {"items": [pod]})
    server.expect_request(f"{CORE}/pods/pod-1/log").respond_with_handler(log)


def serve(server: HTTPServer, path: str, body: object) -> None:
    server.expect_request(path).respond_with_data(json.dumps(body), content_type="application/json")
