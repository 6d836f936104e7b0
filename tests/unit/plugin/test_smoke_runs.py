"""The smoke suite against a gateway that plays the shapes of §12.3: its exit status is its verdict."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

ROOT = Path(__file__).parents[3]
GO, HOLD, STOP, REFUSED = 0, 10, 20, 30
ANY = re.compile("/.*")
UNKNOWN = Response('{"code":"unauthenticated"}', 401, content_type="application/json")
SHUT = Response("RbacService is not served: new_services_enabled=false\n", 404, content_type="text/plain")
RAW = Response("404 page not found\n", 404, content_type="text/plain")
PAGE = Response("<!doctype html><h1>Welcome</h1>", 200, content_type="text/html")
BROKEN = Response('{"code":"internal"}', 500, content_type="application/json")
TOKEN = {"SMOKE_GATEWAY_TOKEN": "t0ken", "SMOKE_GATEWAY_ORG_ID": "org"}


def smoke(*words: str, **environ: str) -> tuple[int, str]:
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", "post_deploy", "-p", "no:cacheprovider", *words],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


def answering(server: HTTPServer, role: Response, rest: Response = UNKNOWN) -> str:
    def answer(request: Request) -> Response:
        return role if "RbacService" in request.path else rest

    server.expect_request(ANY, method="POST").respond_with_handler(answer)
    return server.url_for("").rstrip("/")


@pytest.mark.parametrize(
    ("role", "status", "told"),
    [
        (UNKNOWN, GO, "4 GO of 4 tests"),
        (SHUT, HOLD, "the gate's 404"),
        (RAW, STOP, "a raw 404"),
        (PAGE, STOP, "a page in place of the service"),
        (BROKEN, STOP, "an error of the gateway"),
    ],
)
def test_the_mount_check_tells_the_shapes_apart(httpserver: HTTPServer, role: Response, status: int, told: str) -> None:
    ended, text = smoke(SMOKE_GATEWAY_URL=answering(httpserver, role))
    assert (ended, told in text) == (status, True), text


def test_with_a_token_every_flow_is_called_for_its_organisation(httpserver: HTTPServer) -> None:
    seen: list[tuple[str, str]] = []

    def answer(request: Request) -> Response:
        seen.append((request.headers.get("Authorization", ""), request.headers.get("x-upsquad-org-id", "")))
        return Response(json.dumps({}), content_type="application/json")

    httpserver.expect_request(ANY, method="POST").respond_with_handler(answer)
    ended, text = smoke(SMOKE_GATEWAY_URL=httpserver.url_for("").rstrip("/"), **TOKEN)
    assert (ended, seen) == (GO, [("Bearer t0ken", "org")] * 4), text


@pytest.mark.parametrize(("role", "status"), [(UNKNOWN, HOLD), (BROKEN, STOP), (RAW, STOP), (SHUT, HOLD)])
def test_end_to_end_a_refused_token_holds_and_a_failing_service_stops(
    httpserver: HTTPServer, role: Response, status: int
) -> None:
    rows = Response("{}", 200, content_type="application/json")
    ended, text = smoke(SMOKE_GATEWAY_URL=answering(httpserver, role, rows), **TOKEN)
    assert (ended, "3 GO of 4 tests" in text) == (status, True), text


def test_nothing_asked_is_never_go(httpserver: HTTPServer, free_gateway: str) -> None:
    url = answering(httpserver, UNKNOWN)
    assert smoke()[0] == HOLD
    assert smoke(CI="true")[0] == REFUSED
    assert smoke("--collect-only", SMOKE_GATEWAY_URL=url)[0] == HOLD
    assert smoke(SMOKE_GATEWAY_URL=url, PYTEST_ADDOPTS="--deselect tests/smoke/test_flows.py")[0] == HOLD
    assert smoke(SMOKE_GATEWAY_URL=url, SMOKE_GATEWAY_TOKEN="t0ken")[0] == HOLD  # noqa: S106
    assert smoke(SMOKE_GATEWAY_URL=free_gateway)[0] == HOLD
    assert smoke(SMOKE_GATEWAY_URL="http://gateway.example.com")[0] == HOLD


@pytest.fixture
def free_gateway() -> str:
    """An address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"
