"""The cluster: deployments, pods by the deployment's own selector, and logs that are not all in order."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from pytest_httpserver import HTTPServer

from flipgate.config.environment import Kubernetes as Block
from flipgate.config.secret import Secret
from flipgate.core.clock import Clock
from flipgate.core.errors import Ambiguous, Malformed, NoData
from flipgate.probes.kubernetes import Kubernetes, Pod

AHEAD = Clock(3600.0)
CORE, APPS = "/api/v1/namespaces/platform", "/apis/apps/v1/namespaces/platform"
POD = Pod("api-1", "10.0.0.1", "api", 0, None)


def cluster(server: HTTPServer, annotation: str | None = "upsquad.ai/commit") -> Kubernetes:
    token = Secret("t0ken", "env:TOKEN")
    block = Block(url=server.url_for(""), namespace="platform", token=token, commit_annotation=annotation)
    return Kubernetes(block, AHEAD)


def deployment(**changed: object) -> dict[str, object]:
    container = {
        "name": "api",
        "image": "registry:5000/upsquad/api:abc1234@sha256:00",
        "env": [{"name": "A", "value": "1"}],
    }
    container["env"] = [{"name": "A", "value": "1"}, {"name": "B", "valueFrom": {}}]
    return {
        "metadata": {"name": "api", "annotations": {"upsquad.ai/commit": "abc1234def"}, "generation": 3},
        "spec": {
            "replicas": 1,
            "selector": {
                "matchLabels": {"app": "api"},
                "matchExpressions": [{"key": "canary", "operator": "DoesNotExist"}],
            },
            "template": {"spec": {"containers": [container]}},
        },
        "status": {"observedGeneration": 3, "replicas": 1, "updatedReplicas": 1},
        **changed,
    }


def pod(name: str = "api-1") -> dict[str, object]:
    status = {"name": "api", "restartCount": 2, "state": {"running": {"startedAt": "2026-05-01T10:00:00Z"}}}
    return {
        "metadata": {"name": name},
        "spec": {"containers": [{"name": "api"}]},
        "status": {"phase": "Running", "podIP": "10.0.0.1", "containerStatuses": [status]},
    }


def serve(server: HTTPServer, path: str, body: object) -> None:
    server.expect_request(path).respond_with_data(json.dumps(body), content_type="application/json")


def test_the_namespace_names_its_environment_or_none(httpserver: HTTPServer) -> None:
    serve(httpserver, CORE, {"metadata": {"name": "platform", "labels": {"environment": "dev"}}})
    assert cluster(httpserver).environment().value == "dev"
    httpserver.clear()
    serve(httpserver, CORE, {"metadata": {"name": "platform"}})
    assert cluster(httpserver).environment().value == ""


@pytest.mark.parametrize(("annotation", "commit"), [("upsquad.ai/commit", "abc1234def"), (None, "abc1234")])
def test_the_deployed_commit_is_the_annotation_or_the_tag(
    httpserver: HTTPServer, annotation: str | None, commit: str
) -> None:
    serve(httpserver, f"{APPS}/deployments/api", deployment())
    found = cluster(httpserver, annotation).deployment("api").value
    assert found.commit == commit
    assert found.env == {"A": "1"}


def test_a_deployment_without_its_commit_is_no_data(httpserver: HTTPServer) -> None:
    serve(httpserver, f"{APPS}/deployments/api", deployment())
    with pytest.raises(NoData, match="commit"):
        cluster(httpserver, "other/annotation").deployment("api")


@pytest.mark.parametrize(
    "status",
    [
        {"observedGeneration": 2, "replicas": 1, "updatedReplicas": 1},
        {"observedGeneration": 3, "replicas": 2, "updatedReplicas": 1},
        {"observedGeneration": 3, "replicas": 1},
    ],
)
def test_two_builds_at_once_are_ambiguous(httpserver: HTTPServer, status: dict[str, int]) -> None:
    serve(httpserver, f"{APPS}/deployments/api", deployment(status=status))
    with pytest.raises(Ambiguous, match="roll-out"):
        cluster(httpserver).deployment("api")


def test_pods_are_those_of_the_deployments_own_selector(httpserver: HTTPServer) -> None:
    serve(httpserver, f"{APPS}/deployments/api", deployment())
    serve(httpserver, f"{CORE}/pods", {"items": [pod()]})
    seen = cluster(httpserver).pods("api")
    assert seen.value == (Pod("api-1", "10.0.0.1", "api", 2, datetime(2026, 5, 1, 11, tzinfo=UTC)),)
    assert seen.asked[1] == f"GET {CORE}/pods?labelSelector=app=api,!canary"


def test_a_deployment_without_pods_is_no_data(httpserver: HTTPServer) -> None:
    serve(httpserver, f"{APPS}/deployments/api", deployment())
    serve(httpserver, f"{CORE}/pods", {"items": []})
    with pytest.raises(NoData, match="no pod"):
        cluster(httpserver).pods("api")


@pytest.mark.parametrize("name", ["../secrets", "a/b", "A", "", "a?x=1"])
def test_a_pod_with_a_name_that_no_cluster_gives_is_malformed(httpserver: HTTPServer, name: str) -> None:
    serve(httpserver, f"{APPS}/deployments/api", deployment())
    serve(httpserver, f"{CORE}/pods", {"items": [pod(name)]})
    with pytest.raises(Malformed):
        cluster(httpserver).pods("api")


def test_log_lines_are_read_in_world_time_and_odd_ones_are_counted_and_shown(httpserver: HTTPServer) -> None:
    def record(ts: str, **more: object) -> str:
        members = {"ts": ts, "level": "INFO", "msg": "ListTeams shim path invoked", **more}
        return f"2026-05-01T09:00:00.5Z {json.dumps(members)}"

    lines = [
        record("2026-05-01T09:00:00.250Z"),
        record("2026-05-01T09:00:00.750Z", key="shim", tenant="a", rows=3),
        "2026-05-01T09:00:01Z panic: \x1b[31mout of memory",
        "2026-05-01T09:00:01Z {broken",
        '2026-05-01T09:00:01Z {"ts": 5}',
        "no time at all",
        "",
    ]
    httpserver.expect_request(f"{CORE}/pods/api-1/log").respond_with_data("\n".join(lines), content_type="text/plain")
    since = datetime(2026, 5, 1, 10, 0, 0, 500_000, tzinfo=UTC)
    seen = cluster(httpserver).log(POD, since, previous=True)
    (line,) = seen.value.lines
    assert (line.ts, line.key, line.fields) == (
        datetime(2026, 5, 1, 10, 0, 0, 750_000, tzinfo=UTC),
        "shim",
        {"tenant": "a", "rows": "3"},
    )
    assert seen.value.malformed == 4
    assert len(seen.value.shown) == 3
    assert "\x1b" not in seen.value.shown[0]
    assert "out of memory" in seen.value.shown[0]
    args = httpserver.log[0][0].args
    assert (args["sinceTime"], args["timestamps"], args["previous"]) == ("2026-05-01T09:00:00Z", "true", "true")
