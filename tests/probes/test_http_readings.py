"""Readings that gather several systems behind HTTP into one observation."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from flipgate.config import environment as config
from flipgate.config.secret import Secret
from flipgate.core.clock import Clock
from flipgate.core.errors import Ambiguous, Malformed, NoAnswer, NotConfigured, Unreachable
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.core.window import Window
from flipgate.gates.skew import must_stay_within
from flipgate.probes.readings.alerts import UNREADABLE, alerts
from flipgate.probes.readings.backend_track import backend_track
from flipgate.probes.readings.drift import drift, seconds
from flipgate.probes.readings.identity import identity
from flipgate.probes.readings.itself import itself
from flipgate.probes.readings.latency import together
from flipgate.probes.readings.requests import requests
from flipgate.probes.readings.skew import skew
from flipgate.probes.sql import TenantRow
from flipgate.probes.systems import Systems

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
AHEAD = Clock(3600.0, lambda: datetime(2026, 5, 1, 11, tzinfo=UTC))
TOKEN = Secret("t0ken", "env:TOKEN")
SHA = "a" * 40


class FakeDatabase:
    def tenants(self) -> Observation[tuple[TenantRow, ...]]:
        return Observation((TenantRow("acme", NOW),), "tenants", "postgresql", ("select",), NOW)


class WithTenants(Systems):
    @cached_property
    def database(self) -> Any:
        return FakeDatabase()


def systems(server: HTTPServer, **changed: object) -> Systems:
    url = server.url_for("").rstrip("/")
    blocks: dict[str, Any] = {
        "prometheus": config.Prometheus(
            url=f"{url}/prometheus", scrape_interval_s=15.0, targets={"r": 1, "gateway": 2}
        ),
        "alertmanager": config.Alertmanager(url=url, watchdog="Watchdog"),
        "gateway": config.Gateway(url=url, token=TOKEN, job="gateway"),
        "kubernetes": config.Kubernetes(url=url, namespace="platform", token=TOKEN),
        "tracker": config.Tracker(url=url, repository="upsquad-ai/upsquad-core", token=TOKEN),
        "reconciler": config.Exporter(url=url, job="r", deployment="reconciler"),
        "org_v23": config.OrgV23(
            test_org="acme", detect_interval_s=3600.0, governance_histogram="check_seconds", deployments=("api", "bare")
        ),
        **changed,
    }
    return WithTenants(config.Environment(name="rehearsal", tier="dev", runbooks=("org_v23",), **blocks), AHEAD)


def serve(server: HTTPServer, path: str, body: object, **more: Any) -> None:
    text, kind = (body, "text/plain") if isinstance(body, str) else (json.dumps(body), "application/json")
    server.expect_request(path).respond_with_data(text, content_type=kind, **more)


def serve_queries(server: HTTPServer, existing: tuple[str, ...] = ()) -> None:
    """Prometheus with one series of every metric, 0 at the end of the window, and these metrics in existence."""

    def answer(request: Request) -> Response:
        at, query = float(request.args["time"]), request.args["query"]
        vector = [{"metric": {"__name__": name}, "value": [at, "1"]} for name in existing]
        matrix = [{"metric": {"tenant": "acme"}, "values": [[at - 5, "0"], [at, "9"]]}]
        kind, result = ("vector", vector) if query.startswith("count") else ("matrix", matrix)
        body = {"status": "success", "data": {"resultType": kind, "result": result}}
        return Response(json.dumps(body), content_type="application/json")

    server.expect_request("/prometheus/api/v1/query").respond_with_handler(answer)


def serve_deployment(server: HTTPServer, name: str, tag: str = "abc1234", **env: str) -> None:
    container = {"name": name, "image": f"upsquad/{name}:{tag}" if tag else name}
    values = [{"name": key, "value": value} for key, value in env.items()]
    spec = {
        "selector": {"matchLabels": {"app": name}},
        "template": {"spec": {"containers": [container | {"env": values}]}},
    }
    body = {"metadata": {"name": name}, "spec": spec, "status": {}}
    serve(server, f"/apis/apps/v1/namespaces/platform/deployments/{name}", body)


PAGE = """\
dualwrite_open_drift{tenant="acme",table="org_units"} 3
dualwrite_last_pass_timestamp_seconds{shard="0"} 1777633200
dualwrite_last_pass_timestamp_seconds{shard="1"} 1777629600
"""


def test_drift_gathers_exporter_history_database_and_deployment(httpserver: HTTPServer) -> None:
    serve_queries(httpserver)
    serve(httpserver, "/metrics", PAGE)
    serve_deployment(httpserver, "reconciler", RECONCILER_DETECT_INTERVAL="1h0m0s")
    seen = drift(systems(httpserver))
    assert seen.source == "reconciler + prometheus + postgresql + kubernetes"
    assert len(seen.asked) == 6
    assert seen.window == Window.before(NOW, 3600.0)
    assert [one.value for one in seen.value.now] == [3.0]
    assert seen.value.history.series[0].samples == ((NOW.timestamp() - 5, 0.0),)
    assert seen.value.last_pass_at == datetime(2026, 5, 1, 11, tzinfo=UTC)
    assert (seen.value.detect_interval_s, seen.value.deployed_interval_s, seen.value.tenants) == (3600, 3600, ("acme",))


@pytest.mark.parametrize(
    "last_pass", ["", "dualwrite_last_pass_timestamp_seconds NaN\n", "dualwrite_last_pass_timestamp_seconds 1e300\n"]
)
def test_a_last_pass_that_is_no_time_is_unknown(httpserver: HTTPServer, last_pass: str) -> None:
    serve_queries(httpserver)
    serve(httpserver, "/metrics", f"dualwrite_open_drift 0\n{last_pass}")
    seen = drift(systems(httpserver, kubernetes=None)).value
    assert seen.last_pass_at is None
    assert seen.deployed_interval_s is None


def test_a_setting_that_is_no_duration_is_malformed(httpserver: HTTPServer) -> None:
    serve_queries(httpserver)
    serve(httpserver, "/metrics", PAGE)
    serve_deployment(httpserver, "reconciler", RECONCILER_DETECT_INTERVAL="hourly")
    with pytest.raises(Malformed, match="hourly"):
        drift(systems(httpserver))


@pytest.mark.parametrize("silent", ["/metrics", "/prometheus"])
def test_drift_needs_both_the_exporter_and_prometheus(httpserver: HTTPServer, silent: str) -> None:
    if silent != "/prometheus":
        serve_queries(httpserver)
    if silent != "/metrics":
        serve(httpserver, "/metrics", PAGE)
    with pytest.raises(NoAnswer):
        drift(systems(httpserver, kubernetes=None))


@pytest.mark.parametrize(
    ("text", "length_s"), [("1h", 3600), ("1h30m", 5400), ("90s", 90), ("1.5h", 5400), ("500ms", 0.5)]
)
def test_durations_are_read_as_go_writes_them(text: str, length_s: float) -> None:
    assert seconds(text) == length_s


@pytest.mark.parametrize("text", ["", "1", "1 h", "h", "1d", "-1h", "1h!"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no duration"):
        seconds(text)


def test_rules_whose_series_do_not_exist_are_told(httpserver: HTTPServer) -> None:
    expressions = {"A": "a_total > 0", "B": "b_total + a_total > 0", "W": "vector(1)", "X": '{__name__=~"a.*"} > 0'}
    rules = [{"name": name, "query": query, "health": "ok", "state": "inactive"} for name, query in expressions.items()]
    serve(httpserver, "/prometheus/api/v1/rules", {"status": "success", "data": {"groups": [{"rules": rules}]}})
    serve(httpserver, "/api/v2/alerts", [])
    serve_queries(httpserver, existing=("a_total",))
    seen = alerts(systems(httpserver))
    missing = {rule.name: rule.missing_series for rule in seen.value.rules}
    assert missing == {"A": (), "B": ("b_total",), "W": (), "X": (UNREADABLE,)}
    assert (seen.value.watchdog, seen.source) == ("Watchdog", "alertmanager + prometheus")


def serve_track(server: HTTPServer) -> None:
    """Issue 686, closed by a pull request that is in build abc1234; no issue 687."""
    base = "/repos/upsquad-ai/upsquad-core"
    at = {
        "created_at": "2026-04-01T00:00:00Z",
        "updated_at": "2026-04-10T00:00:00Z",
        "merged_at": "2026-04-10T00:00:00Z",
    }
    serve(server, f"{base}/issues/686", {"number": 686, "title": "t", "state": "closed", **at})
    serve(server, f"{base}/issues/686/timeline", [])
    serve(server, f"{base}/pulls", [{"number": 711, "merge_commit_sha": SHA, "body": "Closes #686", **at}])
    serve(server, f"{base}/compare/{SHA}...abc1234", {"status": "ahead"})
    serve(server, f"{base}/issues/687", {}, status=404)


def test_the_backend_track_ties_issues_merges_and_deployments(httpserver: HTTPServer) -> None:
    serve_track(httpserver)
    serve_deployment(httpserver, "api")
    serve_deployment(httpserver, "bare", tag="")
    seen = backend_track(systems(httpserver), 686, 687)
    assert [issue.number for issue in seen.value.issues] == [686]
    assert seen.value.deployed_commit == {"api": "abc1234", "bare": ""}
    assert seen.value.contained == {f"api:{SHA}": True}
    assert seen.source == "tracker + kubernetes"


def test_a_build_that_the_tracker_does_not_know_is_left_open(httpserver: HTTPServer) -> None:
    serve_track(httpserver)
    serve_deployment(httpserver, "other", tag="unknown")
    block = config.OrgV23(test_org="a", detect_interval_s=1.0, governance_histogram="h", deployments=("other",))
    httpserver.expect_request(f"/repos/upsquad-ai/upsquad-core/compare/{SHA}...unknown").respond_with_data("{}", 404)
    assert backend_track(systems(httpserver, org_v23=block), 686, 686).value.contained == {}


def serve_names(server: HTTPServer, external: str, label: dict[str, str], header: dict[str, str]) -> None:
    serve(server, "/prometheus/api/v1/status/config", {"status": "success", "data": {"yaml": external}})
    serve(server, "/api/v1/namespaces/platform", {"metadata": {"name": "platform", "labels": label}})
    serve(server, "/", "", headers=header)


def test_every_system_that_names_the_environment_is_heard(httpserver: HTTPServer) -> None:
    external = "global: {external_labels: {environment: dev}}"
    serve_names(httpserver, external, {"environment": "prod"}, {"x-upsquad-environment": "dev"})
    seen = identity(systems(httpserver)).value
    assert seen.declared_tier == "dev"
    assert seen.stated == {"prometheus": "dev", "kubernetes": "prod", "gateway": "dev"}
    assert seen.silent == ()


def test_a_system_that_answers_and_names_nothing_is_silent_and_an_absent_one_is_left_out(
    httpserver: HTTPServer,
) -> None:
    serve_names(httpserver, "global: {}", {}, {"x-upsquad-environment": "dev"})
    seen = identity(systems(httpserver, kubernetes=None)).value
    assert (seen.stated, seen.silent) == ({"gateway": "dev"}, ("prometheus",))


def test_an_environment_that_nothing_can_name_is_not_configured(httpserver: HTTPServer) -> None:
    with pytest.raises(NotConfigured):
        identity(systems(httpserver, kubernetes=None, prometheus=None, gateway=None))


def test_a_system_that_is_away_is_not_silent(httpserver: HTTPServer) -> None:
    serve_names(httpserver, "global: {}", {}, {})
    away = config.Kubernetes(url="http://127.0.0.1:1", namespace="platform", token=TOKEN)
    with pytest.raises(Unreachable):
        identity(systems(httpserver, kubernetes=away))


def test_servers_say_who_they_are_and_who_does_not_answer_is_named(httpserver: HTTPServer) -> None:
    serve_names(httpserver, "global: {external_labels: {replica: a}}", {"environment": "dev"}, {})
    away = config.Redis(host="127.0.0.1", port=1, username="u", password=TOKEN, key_prefix="ff")
    seen = itself(systems(httpserver, redis=away)).value
    assert seen.said == {
        "prometheus": {"replica": "a"},
        "kubernetes": {"namespace": "platform", "environment": "dev"},
        "gateway": {},
    }
    assert set(seen.silent) == {"redis"}
    assert "127.0.0.1:1" in seen.silent["redis"]


def test_nobody_is_asked_where_there_is_nobody(httpserver: HTTPServer) -> None:
    nobody = itself(systems(httpserver, kubernetes=None, prometheus=None, gateway=None))
    assert (nobody.value.said, nobody.value.silent, nobody.asked) == ({}, {}, ())


@pytest.mark.row("B13", "J4")
@pytest.mark.parametrize("off_s", [600.0, -300.0, 2.5])
def test_a_server_whose_clock_is_off_is_off_by_that_much(httpserver: HTTPServer, off_s: float) -> None:
    at = datetime(2026, 5, 1, 11, tzinfo=UTC).timestamp()
    result = [{"metric": {}, "value": [at, str(at + off_s)]}]
    body = {"status": "success", "data": {"resultType": "vector", "result": result}}
    serve(httpserver, "/prometheus/api/v1/query", body)
    blocks = systems(httpserver).environment
    alone = config.Environment(name="dev", tier="dev", runbooks=("org_v23",), prometheus=blocks.prometheus)
    seen = skew(Systems(alone, AHEAD))
    assert seen.value.skew_s == {"prometheus": off_s}
    assert must_stay_within(seen, limit_s=2).verdict is Verdict.HOLD


def test_requests_are_those_of_the_gateways_job(httpserver: HTTPServer) -> None:
    serve_queries(httpserver)
    seen = requests(systems(httpserver), Window.before(NOW, 600.0))
    assert (seen.value.metric, seen.value.targets) == ("gateway_requests_total", 2)
    assert 'query=gateway_requests_total{job="gateway"}[631s]' in seen.asked[0]
    assert 'query=up{job="gateway"}[631s]' in seen.asked[1]


def test_buckets_of_replicas_add_up_only_with_the_same_bounds() -> None:
    counts = {"a": {"5": 1.0, "7": 2.0, "+Inf": 3.0}, "b": {"5": 10.0, "7": 20.0, "+Inf": 30.0}}
    assert together(counts, "prometheus") == ((5.0, 11.0), (7.0, 22.0), (math.inf, 33.0))
    with pytest.raises(Ambiguous, match="bucket bounds"):
        together({**counts, "c": {"5": 1.0, "+Inf": 3.0}}, "prometheus")
    assert together({}, "baseline") == ()
