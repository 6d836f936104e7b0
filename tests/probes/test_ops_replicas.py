"""The processes of the ops view: what each serves and logged, and what Prometheus kept of the routes asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from flipgate.config.environment import Environment, Kubernetes, OpsView, Prometheus
from flipgate.config.secret import Secret
from flipgate.core.clock import Clock
from flipgate.core.errors import NoData, NotConfigured
from flipgate.core.facts.history import Flip
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.probes.readings.latency import bounds_of_requests, buckets_on
from flipgate.probes.readings.logs import logs
from flipgate.probes.readings.replicas import replicas, restart
from flipgate.probes.readings.requests import requests_on
from flipgate.probes.systems import Systems

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
CORE, APPS = "/api/v1/namespaces/platform", "/apis/apps/v1/namespaces/platform"
FLAGS = ("OPS_VIEW_DB_READ",)
STARTED = "2026-05-01T11:00:00Z"


def frozen(offset_s: float = 0.0) -> Clock:
    return Clock(offset_s, machine=lambda: NOON)


def systems(server: HTTPServer, clock: Clock | None = None, replicas: int = 1) -> Systems:
    url, token = server.url_for(""), Secret("t0ken-of-a-test", "env:TOKEN")
    block = OpsView(
        url=url,
        replicas=(urlsplit(url).netloc,) * replicas,
        workspace="ws",
        users={},
        deployment="ops-view",
        job="ops-view",
        requests="http_requests_total",
        histogram="http_request_duration_seconds",
        boot_record="boot",
        routes={"reads": ("GET /queue", "GET /patches", "GET /queue"), "queue": ("GET /queue",)},
    )
    environment = Environment(
        name="dev",
        tier="dev",
        runbooks=("ops_view",),
        ops_view=block,
        kubernetes=Kubernetes(url=url, namespace="platform", token=token),
        prometheus=Prometheus(url=url, scrape_interval_s=15.0, targets={"ops-view": 1}),
    )
    return Systems(environment, clock or frozen())


def cluster(server: HTTPServer, log: str, *, running: bool = True) -> None:
    state = {"running": {"startedAt": STARTED}} if running else {"waiting": {}}
    status = {"podIP": "10.0.0.1", "containerStatuses": [{"name": "c", "restartCount": 0, "state": state}]}
    pod = {"metadata": {"name": "ops-a"}, "spec": {"containers": [{"name": "c"}]}, "status": status}
    container = {"name": "c", "image": "i:1", "env": []}
    spec = {"replicas": 1, "selector": {"matchLabels": {"app": "x"}}, "template": {"spec": {"containers": [container]}}}
    owner = {"metadata": {"name": "ops-view", "generation": 1}, "spec": spec, "status": {}}
    server.expect_request(f"{APPS}/deployments/ops-view").respond_with_json(owner)
    server.expect_request(f"{CORE}/pods").respond_with_json({"items": [pod]})
    server.expect_request(f"{CORE}/pods/ops-a/log").respond_with_data(log, content_type="text/plain")


def line(at: str, **members: object) -> str:
    return f"2026-05-01T{at}Z " + json.dumps({"ts": f"2026-05-01T{at}Z", **members}) + "\n"


def serving(server: HTTPServer) -> None:
    meta = {"pod": "ops-a", "started_at": STARTED}
    server.expect_request("/api/v2.5/feature-flags").respond_with_json({"data": {FLAGS[0]: True}, "meta": meta})


def test_a_replica_is_read_with_its_pod_and_its_newest_boot_record(httpserver: HTTPServer) -> None:
    old, new = (line(at, msg="boot", OPS_VIEW_DB_READ=value) for at, value in (("11:00:01", False), ("11:00:02", True)))
    cluster(httpserver, old + new)
    serving(httpserver)
    seen = replicas(systems(httpserver), FLAGS)
    assert seen.value.pods == ("ops-a",)
    assert [(one.pod, one.values, one.started_at) for one in seen.value.served] == [
        ("ops-a", {FLAGS[0]: "true"}, NOON - timedelta(hours=1))
    ]
    assert seen.value.logged == {"ops-a": {FLAGS[0]: "true"}}
    assert seen.value.flip is None


def test_a_replica_is_read_beside_a_flip(httpserver: HTTPServer) -> None:
    cluster(httpserver, "")
    serving(httpserver)
    flip = Observation(Flip(FLAGS[0], "true", NOON, "process"), "time", "ledger", ("q",), NOON)
    seen = replicas(systems(httpserver), FLAGS, flip)
    assert seen.value.flip == flip.value
    assert seen.value.logged == {}
    assert seen.source == "ops_view + kubernetes + ledger"


def test_errors_count_in_the_window_and_lines_since_the_start(httpserver: HTTPServer) -> None:
    early = line("11:10:00", level="ERROR", key="db", msg="away")
    late = line("11:58:00", level="error", key="db", msg="away again")
    cluster(httpserver, line("11:00:01", level="INFO", msg="boot") + early + late + "no record\n")
    (one,) = logs(systems(httpserver), Window.before(NOON, 300)).value.replicas
    assert (one.pod, one.lines, one.errors, one.unreadable) == ("ops-a", 3, {"db: away again": 1}, 1)


def test_a_pod_that_does_not_run_says_nothing(httpserver: HTTPServer) -> None:
    cluster(httpserver, "", running=False)
    (one,) = logs(systems(httpserver), Window.before(NOON, 300)).value.replicas
    assert (one.pod, one.lines) == ("ops-a", 0)


Queries = list[str]


def prometheus(server: HTTPServer, *lasts: float) -> Queries:
    """Answers a series of each last value to each query, or one where none is named, and keeps what was asked."""
    asked: Queries = []

    def answer(request: Request) -> Response:
        query = request.args["query"]
        asked.append(query)
        labels = {"route": query} | ({"le": "0.5"} if "bucket" in query else {})
        each = [(labels | {"instance": name}, last) for name, last in zip("abc", lasts or (2,), strict=False)]
        if "last_over_time" in query:
            data: Any = {"resultType": "vector", "result": [{"metric": own, "value": [0, "1"]} for own, _ in each]}
        else:
            before, now = NOON.timestamp() - 60, NOON.timestamp() - 30
            found = [{"metric": own, "values": [[before, "1"], [now, str(last)]]} for own, last in each]
            data = {"resultType": "matrix", "result": found}
        return Response(json.dumps({"status": "success", "data": data}), content_type="application/json")

    server.expect_request("/api/v1/query").respond_with_handler(answer)
    return asked


def test_only_the_routes_of_that_name_are_asked_for_each_once(httpserver: HTTPServer) -> None:
    asked = prometheus(httpserver)
    seen = requests_on(systems(httpserver), "reads", Window.before(NOON, 300))
    counted = [query.partition("[")[0] for query in asked if query.startswith("http_requests_total")]
    assert counted == [
        'http_requests_total{job="ops-view",method="GET",route="/queue"}',
        'http_requests_total{job="ops-view",method="GET",route="/patches"}',
    ]
    assert len(seen.value.series) == 2
    assert set(asked) == {query.partition("query=")[2].partition("&")[0] for query in seen.asked}


def test_buckets_of_a_route_have_their_bounds_in_milliseconds(httpserver: HTTPServer) -> None:
    asked = prometheus(httpserver)
    (series,) = buckets_on(systems(httpserver), "queue", Window.before(NOON, 300)).value.series
    assert series.labels["le"] == "500"
    assert asked[0].startswith('http_request_duration_seconds_bucket{job="ops-view",method="GET",route="/queue"}')


def test_the_bounds_are_those_of_the_environments_histogram(httpserver: HTTPServer) -> None:
    prometheus(httpserver)
    found = bounds_of_requests(systems(httpserver)).value
    assert (found.metric, found.layouts_ms) == ("http_request_duration_seconds", ((500.0,),))


@pytest.mark.parametrize("reading", [requests_on, buckets_on])
def test_routes_that_nobody_named_are_not_configured(
    httpserver: HTTPServer, reading: Callable[[Systems, str, Window], object]
) -> None:
    with pytest.raises(NotConfigured, match="writes"):
        reading(systems(httpserver), "writes", Window.before(NOON, 300))


def test_a_restart_is_no_disturbance_of_its_own_measurement(httpserver: HTTPServer) -> None:
    asked = prometheus(httpserver, NOON.timestamp() - 3600)
    serving(httpserver)
    flip = Flip(FLAGS[0], "false", NOON - timedelta(minutes=5), "process")
    seen = restart(systems(httpserver), flip)
    assert asked[0].startswith('process_start_time_seconds{job="ops-view"}')
    assert (seen.window, seen.disturbed) == (None, ())
    with pytest.raises(NoData):
        restart(systems(httpserver), Flip(FLAGS[0], "false", None, ""))


@pytest.mark.parametrize(
    ("began_s", "is_scraped"),
    [(0, True), (1, True), (1.1, False), (-120, True), (-121, False), (-480, False)],
    ids=["at once", "a clock's second late", "after it", "slow to come up", "too slow", "the process before"],
)
def test_a_restart_is_read_once_each_new_process_was_scraped(
    httpserver: HTTPServer, began_s: float, *, is_scraped: bool
) -> None:
    prometheus(httpserver, NOON.timestamp() - 3600 + began_s)
    serving(httpserver)
    flip = Flip(FLAGS[0], "false", NOON - timedelta(hours=1), "process")
    if is_scraped:
        assert len(restart(systems(httpserver), flip).value.series) == 1
    else:
        with pytest.raises(NoData, match="scraped 0 of 1 processes since they started"):
            restart(systems(httpserver), flip)


def test_a_new_process_does_not_stand_in_for_one_that_was_not_scraped_yet(httpserver: HTTPServer) -> None:
    new, old = NOON.timestamp() - 3600, NOON.timestamp() - 4080
    prometheus(httpserver, new, old)
    serving(httpserver)
    flip = Flip(FLAGS[0], "false", NOON - timedelta(hours=1), "process")
    with pytest.raises(NoData, match="scraped 1 of 2 processes since they started"):
        restart(systems(httpserver, replicas=2), flip)
