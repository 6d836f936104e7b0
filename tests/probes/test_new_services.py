"""Health, Connect and the audit log, asked of real servers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from flipgate.config.environment import Gateway, Service
from flipgate.config.secret import Secret
from flipgate.core.clock import Clock
from flipgate.core.errors import Refused
from flipgate.probes.connect import Connect, failure_of
from flipgate.probes.grpc_health import health as health_of
from flipgate.probes.sql import Database
from tests.probes.servers import PostgresServer

OWN = "upsquad.rbac.v1.RbacService"
LIST_ROLES = f"{OWN}/ListRoles"
Status = health_pb2.HealthCheckResponse


@contextmanager
def serving(**statuses: int) -> Iterator[str]:
    from concurrent.futures import ThreadPoolExecutor

    server, servicer = grpc.server(ThreadPoolExecutor(2)), health.HealthServicer()
    for name, status in statuses.items():
        servicer.set(name.replace("_", "."), status)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(0).wait()


def test_every_address_is_asked_by_itself_and_a_failed_call_is_an_answer(free_port: int) -> None:
    name = OWN.replace(".", "_")
    with serving(**{name: Status.SERVING}) as good, serving(**{name: Status.NOT_SERVING}) as bad:
        block = Service(addresses=(good, bad, f"127.0.0.1:{free_port}"), deployment="rbac-service")
        found = health_of("rbac-service", block, (OWN, "other"))
    told = {(one.address, one.name): one.status for one in found}
    assert len(found) == 6
    assert (told[good, OWN], told[bad, OWN], told[good, "other"]) == ("SERVING", "NOT_SERVING", "NOT_FOUND")
    assert told[f"127.0.0.1:{free_port}", OWN] == "UNAVAILABLE"


def test_a_server_without_health_says_so() -> None:
    from concurrent.futures import ThreadPoolExecutor

    server = grpc.server(ThreadPoolExecutor(1))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    (found,) = health_of("s", Service(addresses=(f"127.0.0.1:{port}",), deployment="s"), ("",))
    server.stop(0)
    assert found.status == "UNIMPLEMENTED"


def connect(server: HTTPServer, *replicas: str) -> Connect:
    url = server.url_for("").rstrip("/")
    return Connect(Gateway(url=url, token=Secret("t0ken", "env:T"), job="gateway", replicas=replicas))


def test_the_token_goes_only_where_it_is_meant_to(httpserver: HTTPServer) -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        return Response('{"error":{"code":"UNAUTHORIZED","message":"no"}}', 401, content_type="application/json")

    httpserver.expect_request("/v1/admin/feature-flags/refresh", "POST", b"").respond_with_handler(answer)
    httpserver.expect_request(f"/{LIST_ROLES}", "POST").respond_with_handler(answer)
    asker = connect(httpserver, f"127.0.0.1:{httpserver.port}")
    unknown, low = asker.refusals()
    asker.without_token(LIST_ROLES)
    (replica,) = asker.replicas_without_token(LIST_ROLES)
    asker.call(LIST_ROLES, "org", {"page_size": 1})
    assert [request.headers.get("Authorization") for request in seen] == [
        None,
        "Bearer t0ken",
        None,
        None,
        "Bearer t0ken",
    ]
    assert (unknown.status, unknown.code, low.code) == (401, "UNAUTHORIZED", "UNAUTHORIZED")
    assert replica.address == f"127.0.0.1:{httpserver.port}"
    assert (seen[4].headers["x-upsquad-org-id"], seen[4].get_data()) == ("org", b'{"page_size":1}')


def test_a_method_that_writes_is_never_called(httpserver: HTTPServer) -> None:
    for path in (f"{OWN}/DeleteRole", "v1/admin/feature-flags/refresh"):
        with pytest.raises(Refused, match="not one of the reads"):
            connect(httpserver).call(path, "org", {})
        with pytest.raises(Refused, match="not one of the reads"):
            connect(httpserver).without_token(path)
    assert httpserver.log == []


def test_a_gateway_that_is_away_is_an_answer_without_status(free_port: int) -> None:
    block = Gateway(url=f"http://127.0.0.1:{free_port}", token=Secret("t", "env:T"), job="gateway")
    answer = Connect(block).without_token(LIST_ROLES)
    assert (answer.status, bool(answer.detail)) == (0, True)


def test_plain_http_reaches_no_replica_elsewhere() -> None:
    with pytest.raises(ValueError, match="plain HTTP is for loopback only"):
        Gateway(url="http://127.0.0.1:1", token=Secret("t", "env:T"), job="gateway", replicas=("10.0.0.1:8443",))


@pytest.mark.parametrize(
    ("body", "status", "kind", "failure"),
    [
        ('{"roles":[]}', 200, "application/json", None),
        ('{"code":"internal","message":"no"}', 500, "application/json", ("internal", "no")),
        ('{"code":"internal"}', 200, "application/json", ("internal", "")),
        ("<html>", 200, "text/html", ("http 200", "text/html: <html>")),
        ("404 page not found", 404, "text/plain", ("http 404", "text/plain: 404 page not found")),
        ('{"code":3}', 503, "application/json", ("http 503", 'application/json: {"code":3}')),
    ],
)
def test_a_failure_is_told_from_an_answer(
    httpserver: HTTPServer, body: str, status: int, kind: str, failure: tuple[str, str] | None
) -> None:
    httpserver.expect_request(f"/{LIST_ROLES}").respond_with_data(body, status, content_type=kind)
    assert failure_of(connect(httpserver).call(LIST_ROLES, "org", {})) == failure


def test_audit_rows_of_the_kind_or_of_the_surface_are_read_in_world_time(postgres_server: PostgresServer) -> None:
    now = datetime.now(UTC)
    with postgres_server.admin() as admin:
        admin.execute("drop table if exists agent_audit_log")
        admin.execute(
            "create table agent_audit_log (id text, audit_kind text, surface text, actor_user_id text,"
            " actor_clearance integer, reason text, created_at timestamptz)"
        )
        for kind, surface, ago_s in (
            ("k", "s", 10),
            ("k", None, 20),
            ("other", "s", 30),
            ("other", "t", 5),
            ("k", "s", 90),
        ):
            admin.execute(
                "insert into agent_audit_log values ('1', %s, %s, 'user_1', 100, null, %s)",
                (kind, surface, now - timedelta(seconds=ago_s)),
            )
    rows = Database(postgres_server.block, Clock(offset_s=600)).audit_rows("k", "s", now + timedelta(seconds=540)).value
    assert [(row.audit_kind, row.surface) for row in rows] == [("other", "s"), ("k", ""), ("k", "s")]
    assert rows[-1].created_at == now + timedelta(seconds=590)
    assert rows[-1].reason == ""
