"""The cluster's API, read-only: the namespace, deployments, pods and their logs, as the pods' own files tell them."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .process import json_response
from .records import PodStatus, previous

NAMESPACE = "platform"
COMMIT_ANNOTATION = "upsquad.ai/commit"
# What the verifier's account may do, as docs/least-privilege.md has it; an account may always ask about itself.
RULES: list[dict[str, list[str]]] = [
    {"apiGroups": [""], "resources": ["namespaces"], "resourceNames": [NAMESPACE], "verbs": ["get"]},
    {"apiGroups": [""], "resources": ["pods", "pods/log"], "verbs": ["get", "list"]},
    {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["get"]},
]
_ABOUT_ITSELF = {
    "apiGroups": ["authorization.k8s.io"],
    "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
    "verbs": ["create"],
}
_ENV = {"dualwrite-reconciler": {"RECONCILER_DETECT_INTERVAL": "1h"}}

Json = dict[str, Any]


class Record(msgspec.Struct):
    ts: datetime


class Pod(msgspec.Struct, frozen=True):
    deployment: str
    status: PodStatus
    log: Path


class Kubernetes:
    """Serves the pods of a folder `<deployment>/<pod>.log`; everything is read anew for each answer."""

    def __init__(self, token: str, logs: Path, commit: Callable[[], str]) -> None:
        self._token, self._logs, self._commit = token, logs, commit

    def app(self) -> Starlette:
        core, apps = f"/api/v1/namespaces/{NAMESPACE}", f"/apis/apps/v1/namespaces/{NAMESPACE}"
        routes = {
            "/version": self._version,
            core: self._namespace,
            f"{apps}/deployments": self._deployments,
            f"{apps}/deployments/{{name}}": self._deployment,
            f"{core}/pods": self._pods,
            f"{core}/pods/{{name}}": self._pod,
            f"{core}/pods/{{name}}/log": self._log,
            "/{unknown:path}": _no_such_path,
        }
        reviews = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
        review = Route(reviews, self._guarded(self._rules), methods=["POST"])
        return Starlette(routes=[review, *(Route(path, self._guarded(answer)) for path, answer in routes.items())])

    def _guarded(self, answer: Callable[[Request], Response]) -> Callable[[Request], Any]:
        async def guarded(request: Request) -> Response:
            if request.headers.get("authorization") != f"Bearer {self._token}":
                return _failure(HTTPStatus.UNAUTHORIZED, "Unauthorized", "Unauthorized")
            return answer(request)

        return guarded

    def _found(self) -> Iterator[Pod]:
        for file in sorted(self._logs.glob("*/*.status.json")):
            status = msgspec.json.decode(file.read_bytes(), type=PodStatus)
            yield Pod(file.parent.name, status, file.parent / f"{status.pod}.log")

    def _version(self, _: Request) -> Response:
        return json_response({"major": "1", "minor": "33", "gitVersion": "v1.33.0", "platform": "linux/amd64"})

    def _rules(self, _: Request) -> Response:
        status = {"resourceRules": [*RULES, _ABOUT_ITSELF], "nonResourceRules": [], "incomplete": False}
        review = {"kind": "SelfSubjectRulesReview", "apiVersion": "authorization.k8s.io/v1", "status": status}
        return json_response(review, HTTPStatus.CREATED)

    def _namespace(self, _: Request) -> Response:
        labels = {"environment": "dev", "kubernetes.io/metadata.name": NAMESPACE}
        metadata = {"name": NAMESPACE, "labels": labels}
        return json_response(
            {"kind": "Namespace", "apiVersion": "v1", "metadata": metadata, "status": {"phase": "Active"}}
        )

    def _deployments(self, request: Request) -> Response:
        names = sorted({pod.deployment for pod in self._found()})
        return _listed(request, "apps/v1", "DeploymentList", [self._deployment_json(name) for name in names])

    def _deployment(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in {pod.deployment for pod in self._found()}:
            return _no_such("deployments.apps", name)
        return json_response({"kind": "Deployment", "apiVersion": "apps/v1", **self._deployment_json(name)})

    def _deployment_json(self, name: str) -> Json:
        pods = [pod for pod in self._found() if pod.deployment == name]
        ready = sum(_alive(pod.status.pid) for pod in pods)
        labels = {"app": name}
        created = _stamp(min(pod.status.scheduled_at for pod in pods))
        metadata = {
            "name": name,
            "namespace": NAMESPACE,
            "labels": labels,
            "creationTimestamp": created,
            "generation": 1,
        }
        template = {"metadata": {"labels": labels}, "spec": {"containers": [self._container(name)]}}
        counts = {
            "replicas": len(pods),
            "updatedReplicas": len(pods),
            "readyReplicas": ready,
            "availableReplicas": ready,
        }
        return {
            "metadata": {**metadata, "annotations": {COMMIT_ANNOTATION: self._commit()}},
            "spec": {"replicas": len(pods), "selector": {"matchLabels": labels}, "template": template},
            "status": {**counts, "observedGeneration": 1},
        }

    def _container(self, name: str) -> Json:
        env = [{"name": key, "value": value} for key, value in {"ENVIRONMENT": "dev", **_ENV.get(name, {})}.items()]
        return {"name": name, "image": f"upsquad/{name}:{self._commit()}", "env": env}

    def _pods(self, request: Request) -> Response:
        return _listed(request, "v1", "PodList", [self._pod_json(pod) for pod in self._found()])

    def _pod(self, request: Request) -> Response:
        name = request.path_params["name"]
        found = [pod for pod in self._found() if pod.status.pod == name]
        if not found:
            return _no_such("pods", name)
        return json_response({"kind": "Pod", "apiVersion": "v1", **self._pod_json(found[0])})

    def _pod_json(self, pod: Pod) -> Json:
        status, alive = pod.status, _alive(pod.status.pid)
        scheduled, container = _stamp(status.scheduled_at), self._container(pod.deployment)
        ports = [{"name": name, "containerPort": port} for name, port in status.ports.items()]
        state = {"running": {"startedAt": _stamp(status.started_at)}} if alive else {"terminated": {"exitCode": 137}}
        running = {
            "name": pod.deployment,
            "ready": alive,
            "restartCount": status.restarts,
            "image": container["image"],
            "state": state,
        }
        metadata = {
            "name": status.pod,
            "namespace": NAMESPACE,
            "labels": {"app": pod.deployment},
            "creationTimestamp": scheduled,
        }
        return {
            "metadata": {**metadata, "annotations": {COMMIT_ANNOTATION: self._commit()}},
            "spec": {"containers": [{**container, "ports": ports}]},
            "status": {
                "phase": "Running",
                "startTime": scheduled,
                "podIP": "127.0.0.1",
                "containerStatuses": [running],
            },
        }

    def _log(self, request: Request) -> Response:
        name, asked = request.path_params["name"], request.query_params
        found = [pod for pod in self._found() if pod.status.pod == name]
        if not found:
            return _no_such("pods", name)
        file = previous(found[0].log) if asked.get("previous") in {"true", "1"} else found[0].log
        if not file.exists():
            said = f'previous terminated container "{found[0].deployment}" in pod "{name}" not found'
            return _failure(HTTPStatus.BAD_REQUEST, "BadRequest", said)
        try:
            lines = _window(file, _since(asked.get("sinceTime"), asked.get("sinceSeconds")))
            tail = int(asked["tailLines"]) if "tailLines" in asked else len(lines)
        except ValueError as error:
            return _failure(HTTPStatus.BAD_REQUEST, "BadRequest", str(error))
        stamped = asked.get("timestamps") in {"true", "1"}
        text = b"".join((_prefix(at) if stamped else b"") + line for at, line in lines[max(0, len(lines) - tail) :])
        return Response(text, media_type="text/plain")


def _since(time_asked: str | None, seconds_asked: str | None) -> datetime:
    """From when on? Errors: ValueError when both or nonsense is asked."""
    if time_asked and seconds_asked:
        raise ValueError("at most one of `sinceTime` or `sinceSeconds` may be specified")
    if seconds_asked:
        return datetime.fromtimestamp(time.time() - int(seconds_asked), UTC)
    since = datetime.fromisoformat(time_asked) if time_asked else datetime.fromtimestamp(0, UTC)
    if since.tzinfo is None:
        raise ValueError("sinceTime needs a zone")
    return since


def _window(file: Path, since: datetime) -> list[tuple[datetime, bytes]]:
    lines = [(msgspec.json.decode(line, type=Record).ts, line) for line in file.read_bytes().splitlines(keepends=True)]
    return [(at, line) for at, line in lines if at >= since]


def _prefix(at: datetime) -> bytes:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f000Z ").encode()


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).isoformat().replace("+00:00", "Z")


def _alive(pid: int) -> bool:
    """Does this process still run? One that ended and was not yet waited for does not."""
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def _listed(request: Request, version: str, kind: str, items: list[Json]) -> Response:
    wanted = [term.partition("=") for term in request.query_params.get("labelSelector", "").split(",") if term]
    if any(not equals for _, equals, _ in wanted):
        return _failure(HTTPStatus.BAD_REQUEST, "BadRequest", "only equality is understood in a labelSelector")
    kept = [item for item in items if all(item["metadata"]["labels"].get(k) == v.lstrip("=") for k, _, v in wanted)]
    return json_response({"kind": kind, "apiVersion": version, "metadata": {"resourceVersion": "1"}, "items": kept})


def _failure(code: HTTPStatus, reason: str, message: str) -> Response:
    said = {"status": "Failure", "message": message, "reason": reason, "code": int(code)}
    return json_response({"kind": "Status", "apiVersion": "v1", "metadata": {}, **said}, code)


def _no_such(kind: str, name: str) -> Response:
    return _failure(HTTPStatus.NOT_FOUND, "NotFound", f'{kind} "{name}" not found')


def _no_such_path(_: Request) -> Response:
    return _failure(HTTPStatus.NOT_FOUND, "NotFound", "the server could not find the requested resource")
