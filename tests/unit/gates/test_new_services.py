"""Health, routes and flows of the new services: just inside, just outside, no data."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from flipgate.core.facts.end_to_end import CallAnswer, EndToEnd
from flipgate.core.facts.health import HealthAnswer, HealthReading
from flipgate.core.facts.routes import ReplicasReading, RouteAnswer, RoutesReading
from flipgate.core.verdict import Verdict
from flipgate.gates import end_to_end, health, routes
from tests.unit.gates.given import GO, HOLD, NOW, STOP, ago, says, seen

OWN = "upsquad.rbac.v1.RbacService"
PATH = f"{OWN}/ListRoles"
FLAG = "new_services_enabled"


def answers(*statuses: str, address: str = "a:1") -> tuple[HealthAnswer, ...]:
    return tuple(
        HealthAnswer("rbac-service", address, name, one) for name, one in zip(("", OWN), statuses, strict=True)
    )


SERVING = answers("SERVING", "SERVING")


@pytest.mark.parametrize(
    ("given", "pods", "verdict", "told"),
    [
        (SERVING, 1, GO, "1 address"),
        ((*SERVING, *answers("SERVING", "NOT_SERVING", address="b:1")), 2, STOP, "b:1"),
        ((*answers("UNAVAILABLE", "UNAVAILABLE"), *answers("NOT_SERVING", "SERVING", address="b:1")), 2, STOP, "b:1"),
        (answers("SERVING", "NOT_FOUND"), 1, HOLD, "NOT_FOUND"),
        (answers("SERVING", "SERVICE_UNKNOWN"), 1, HOLD, "SERVICE_UNKNOWN"),
        (answers("UNKNOWN", "SERVING"), 1, HOLD, "UNKNOWN"),
        (answers("UNAVAILABLE", "UNAVAILABLE"), 1, HOLD, "UNAVAILABLE"),
        (SERVING, 0, GO, "1 address"),
        (SERVING, 2, HOLD, "1 address for 2 pods"),
        ((), 1, HOLD, "no address"),
    ],
)
def test_health(given: tuple[HealthAnswer, ...], pods: int, verdict: Verdict, told: str) -> None:
    its = seen(HealthReading(given, {"rbac-service": pods}))
    says(health.every_address_must_serve(its), verdict, told)


def test_an_address_that_does_not_serve_is_told_with_the_name_that_was_asked() -> None:
    lost = HealthAnswer("rbac-service", "a:1", "", "UNKNOWN", "timed out"), HealthAnswer("rbac-service", "a:1", OWN, "")
    judgement = health.every_address_must_serve(seen(HealthReading(lost, {"rbac-service": 1})))
    told = f"for the empty name answers UNKNOWN timed out, rbac-service at a:1 for {OWN} answers"
    assert judgement.seen == f"rbac-service at a:1 {told}"


def route(status: int, kind: str = "", code: str = "", detail: str = "", address: str = "") -> RouteAnswer:
    return RouteAnswer(PATH, address, status, kind, code, detail)


REACHED = route(401, "application/json", "unauthenticated")
SHUT = route(404, "text/plain", detail=f"not served: {FLAG}=false", address="b:1")


@pytest.mark.parametrize(
    ("answer", "verdict", "told"),
    [
        (REACHED, GO, "401 unauthenticated"),
        (route(403, "application/json", "permission_denied"), GO, "permission_denied"),
        (route(400, "application/json", "invalid_argument"), GO, "invalid_argument"),
        (route(200, "application/json"), GO, "200"),
        (SHUT, HOLD, "look at §6.3 again"),
        (route(404, "text/plain", detail="404 page not found"), STOP, "compare the deployed version"),
        (route(404, "text/html", detail=f"<p>{FLAG}"), STOP, "raw 404"),
        (route(200, "text/html", detail="<!doctype html>"), STOP, "a proxy"),
        (route(401, "text/html", detail="<!doctype html>"), STOP, "a page"),
        (route(200, "text/plain", detail="welcome"), STOP, "a page"),
        (route(500, "application/json", "internal"), STOP, "an error of the gateway"),
        (route(499, "application/json", "canceled"), GO, "canceled"),
        (route(503, "application/json", "unavailable"), STOP, "probe its health"),
        (route(502, "text/html"), STOP, "an error of the gateway"),
        (route(302, "", detail=""), HOLD, "no Connect error"),
        (route(0, detail="certificate verify failed"), HOLD, "certificate"),
    ],
)
def test_the_shapes_of_a_route_each_with_its_cause(answer: RouteAnswer, verdict: Verdict, told: str) -> None:
    says(routes.every_route_must_reach_its_handler(seen(RoutesReading((REACHED, answer)))), verdict, told)


@pytest.mark.parametrize(("answer", "verdict"), [(SHUT, GO), (REACHED, STOP), (route(404, "text/html"), STOP)])
def test_after_a_rollback_every_path_is_shut_by_its_gate(answer: RouteAnswer, verdict: Verdict) -> None:
    says(routes.every_route_must_be_shut(seen(RoutesReading((SHUT, answer)))), verdict)


def test_no_path_is_no_route() -> None:
    says(routes.every_route_must_be_shut(seen(RoutesReading(()))), HOLD, "no path")
    says(routes.every_route_must_reach_its_handler(seen(RoutesReading(()))), HOLD, "no path")


@pytest.mark.parametrize(
    ("given", "age_s", "verdict", "told", "is_early"),
    [
        ((REACHED, REACHED), 1, GO, "2 replicas", False),
        ((REACHED, SHUT), 29, HOLD, "29 s after the flip at b:1", True),
        ((REACHED, SHUT), 30, HOLD, "30 s after the flip at b:1", False),
        ((REACHED, SHUT), None, HOLD, "an unknown time after the flip at b:1", False),
        ((REACHED, SHUT), 31, HOLD, "31 s after the flip at b:1", False),
        ((REACHED, route(0, address="c:1")), 60, HOLD, "c:1", False),
        ((REACHED, route(404, "text/plain", detail="404 page not found")), 60, GO, "2 replicas", False),
        ((), 60, HOLD, "no replica", False),
    ],
)
def test_the_flag_at_every_replica(
    given: tuple[RouteAnswer, ...], age_s: float | None, verdict: Verdict, told: str, *, is_early: bool
) -> None:
    its = seen(ReplicasReading(FLAG, given, None if age_s is None else ago(age_s)))
    judged = routes.every_replica_must_serve_the_flag(its, within_s=30)
    says(judged, verdict, told)
    assert judged.ready_at == (NOW + timedelta(seconds=1) if is_early else None)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (REACHED, "RbacService (401 unauthenticated)"),
        (SHUT, "RbacService (404 text/plain) at b:1"),
        (replace(REACHED, path="a.v1.B/c.D/e"), "B (401 unauthenticated)"),
        (replace(REACHED, path="healthz"), "healthz (401 unauthenticated)"),
        (route(0, detail="timed out"), "RbacService (timed out)"),
    ],
)
def test_a_route_is_told_by_its_service_answer_and_address(answer: RouteAnswer, told: str) -> None:
    its = seen(RoutesReading((answer,)))
    assert routes.every_route_must_reach_its_handler(its).seen.partition(" is ")[0] == told


def call(code: str = "ok", way: str = "gRPC at a:1", sha256: str = "s", detail: str = "") -> CallAnswer:
    return CallAnswer("ListRoles", way, code, detail, 0, sha256 if code == "ok" else "")


CONNECT = "Connect at the gateway"


@pytest.mark.parametrize(
    ("code", "way", "verdict"),
    [
        ("ok", CONNECT, GO),
        ("unauthenticated", CONNECT, HOLD),
        ("permission_denied", CONNECT, HOLD),
        ("invalid_argument", "gRPC at a:1", HOLD),
        ("", "gRPC at a:1", HOLD),
        ("unavailable", "gRPC at a:1", HOLD),
        ("unavailable", CONNECT, STOP),
        ("internal", "gRPC at a:1", STOP),
        ("unimplemented", CONNECT, STOP),
        ("http 404", CONNECT, STOP),
        ("http 200", CONNECT, STOP),
    ],
)
def test_a_call_end_to_end(code: str, way: str, verdict: Verdict) -> None:
    says(end_to_end.every_call_must_succeed(seen(EndToEnd((call(way=CONNECT), call(code, way))))), verdict)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (call("", detail="timed out"), "ListRoles over gRPC at a:1: no answer timed out"),
        (call("unavailable"), "ListRoles over gRPC at a:1: unavailable"),
    ],
)
def test_a_call_that_nobody_answered_is_told(answer: CallAnswer, told: str) -> None:
    assert end_to_end.every_call_must_succeed(seen(EndToEnd((answer,)))).seen == told


def test_the_gates_own_404_holds_a_call_too() -> None:
    shut = call("http 404", CONNECT, detail=f"text/plain: not served: {FLAG}=false")
    says(end_to_end.every_call_must_succeed(seen(EndToEnd((shut,)))), HOLD, "look at §6.3 again")


@pytest.mark.parametrize(
    ("given", "unsettled", "verdict"),
    [
        ((call(way=CONNECT), call(), call(way="gRPC at b:1")), (), GO),
        ((call(way=CONNECT), call(), call(way="gRPC at b:1", sha256="t")), (), STOP),
        ((call(way=CONNECT, sha256="t"), call()), (), STOP),
        ((call(way=CONNECT, sha256="t"), call()), ("ListRoles",), HOLD),
        ((call("internal", CONNECT), call()), (), HOLD),
        ((call(way=CONNECT),), (), HOLD),
        ((call(),), (), HOLD),
        ((), (), HOLD),
    ],
)
def test_the_ways_agree(given: tuple[CallAnswer, ...], unsettled: tuple[str, ...], verdict: Verdict) -> None:
    says(end_to_end.answers_must_agree(seen(EndToEnd(given, unsettled))), verdict)
