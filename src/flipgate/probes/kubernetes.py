"""What is deployed, in which pods, and what do they log?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flipgate.config.environment import Kubernetes as KubernetesBlock
from flipgate.core.clock import Clock
from flipgate.core.errors import Ambiguous, NoData, visible
from flipgate.core.observation import Observation
from flipgate.probes import kubernetes_answers as answers
from flipgate.probes.log_lines import PodLog, parsed
from flipgate.safety.http import Door
from flipgate.safety.reply import TEXT

SOURCE = "kubernetes"
_ENVIRONMENT_LABEL = "environment"


@dataclass(frozen=True)
class Deployment:
    """One deployment. `env` holds the values that stand in it; those that come from elsewhere are left out."""

    name: str
    commit: str
    env: Mapping[str, str]


@dataclass(frozen=True)
class Pod:
    """One pod. `started_at` is its container's start (world time), None while it does not run."""

    name: str
    address: str
    container: str
    restarts: int
    started_at: datetime | None


class Kubernetes:
    """One namespace of one cluster. Errors of all questions: Unreachable, Malformed, NoData for what is not there."""

    def __init__(self, block: KubernetesBlock, clock: Clock) -> None:
        self._block, self._clock = block, clock
        self._core = f"/api/v1/namespaces/{block.namespace}"
        self._apps = f"/apis/apps/v1/namespaces/{block.namespace}"
        name = r"[a-z0-9.-]+"
        paths = rf"{self._core}(/pods(/{name}/log)?)?|{self._apps}/deployments/{name}"
        self._door = Door(SOURCE, block.url, paths, block.token, block.ca_file)

    def environment(self) -> Observation[str]:
        """Which environment does the namespace's label name? "" when it has none."""
        reply = self._door.get(self._core)
        label = reply.json(answers.Namespace).metadata.labels.get(_ENVIRONMENT_LABEL, "")
        return Observation(label, "names", SOURCE, (reply.asked,), self._clock.now())

    def itself(self) -> Observation[dict[str, str]]:
        """What does the namespace call itself: name, uid (made once, with the namespace), labels?"""
        reply = self._door.get(self._core)
        metadata = reply.json(answers.Namespace).metadata
        named = {"namespace": metadata.name, "uid": metadata.uid, **metadata.labels}
        value = {visible(name): visible(text) for name, text in named.items() if text}
        return Observation(value, "names", SOURCE, (reply.asked,), self._clock.now())

    def deployment(self, name: str) -> Observation[Deployment]:
        """What does a deployment run?

        Errors:  Ambiguous while a roll-out is under way: two builds serve; NoData where it names no commit.
        """
        found, asked = self._deployment(name)
        status = found.status
        if status.observed_generation < found.metadata.generation or status.updated_replicas < status.replicas:
            seen = f"{status.updated_replicas} of {status.replicas} pods run the new build"
            raise Ambiguous(SOURCE, f"the roll-out of {name} is under way: {seen}", asked)
        container = found.spec.template.spec.containers[0]
        commit = self._commit(found, container.image)
        if not commit:
            raise NoData(SOURCE, f"{name} does not name its commit", asked)
        env = {one.name: one.value for one in container.env if one.value is not None}
        return Observation(Deployment(name, commit, env), "deployments", SOURCE, (asked,), self._clock.now())

    def pods(self, deployment: str) -> Observation[tuple[Pod, ...]]:
        """Which pods has a deployment, by its own selector? Errors: NoData when it has none."""
        owner, asked = self._deployment(deployment)
        reply = self._door.get(f"{self._core}/pods", {"labelSelector": _selector(owner.spec.selector)})
        pods = tuple(self._pod(pod) for pod in reply.json(answers.PodList).items)
        if not pods:
            raise NoData(SOURCE, f"{deployment} has no pod", reply.asked)
        return Observation(pods, "pods", SOURCE, (asked, reply.asked), self._clock.now())

    def log(self, pod: Pod, since: datetime, *, previous: bool = False) -> Observation[PodLog]:
        """What has a pod's container logged since then, or, before its last restart, the container before it?

        Window:  [since, now); the server is asked in whole seconds, the rest is cut off here.
        """
        start = self._clock.to_server(since).astimezone(UTC).replace(microsecond=0)
        asked = {
            "container": pod.container,
            "sinceTime": start.isoformat().replace("+00:00", "Z"),
            "timestamps": "true",
        }
        if previous:
            asked["previous"] = "true"
        reply = self._door.get(f"{self._core}/pods/{pod.name}/log", asked, TEXT)
        value = parsed(pod.name, reply.text(), since, self._clock)
        return Observation(value, "lines", SOURCE, (reply.asked,), self._clock.now())

    def _deployment(self, name: str) -> tuple[answers.Deployment, str]:
        reply = self._door.get(f"{self._apps}/deployments/{name}")
        return reply.json(answers.Deployment), reply.asked

    def _commit(self, found: answers.Deployment, image: str) -> str:
        if self._block.commit_annotation:
            return visible(found.metadata.annotations.get(self._block.commit_annotation, ""))
        tag = image.partition("@")[0].rpartition("/")[2].partition(":")[2]
        return visible(tag)

    def _pod(self, pod: answers.Pod) -> Pod:
        container = pod.spec.containers[0].name
        status = next((one for one in pod.status.container_statuses if one.name == container), None)
        running = status.state.running if status else None
        started_at = self._clock.to_world(running.started_at) if running else None
        return Pod(pod.metadata.name, pod.status.pod_ip, container, status.restart_count if status else 0, started_at)


def _selector(selector: answers.Selector) -> str:
    return ",".join((*(f"{key}={value}" for key, value in selector.match_labels.items()), *_terms(selector)))


def _terms(selector: answers.Selector) -> Iterator[str]:
    for one in selector.match_expressions:
        word = {"In": " in ", "NotIn": " notin ", "Exists": "", "DoesNotExist": "!"}.get(one.operator)
        if word is None:
            raise NoData(SOURCE, f"a selector with the unknown operator {visible(one.operator)}")
        yield f"{one.key}{word}({','.join(one.values)})" if one.values else ("!" if word == "!" else "") + one.key
