"""The services of the world: started wave by wave, asked to live through a span, told to behave."""

from __future__ import annotations

import contextlib
import sys
from array import array
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import httpx
import msgspec

from flipgate.rehearsal.components.prometheus import Target
from flipgate.rehearsal.errors import RehearsalError
from flipgate.rehearsal.history import STEP_S, Track, regular_times
from flipgate.rehearsal.place import write_private
from flipgate.rehearsal.services.records import age_file
from flipgate.rehearsal.services.settings import PostgresAddress, RedisAddress, Settings
from flipgate.rehearsal.topology import Deployment, Known

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flipgate.rehearsal.place import Place
    from flipgate.rehearsal.processes import Processes

Lever = bool | int | float | str
_NOTHING = b'{"step_s": 0, "series": []}'
_CALLED_BY_USERS = ("gateway", "tenant-service", "context-engine")
_FLAG_TTL_S = 2.0  # the platform keeps a flag for 30 s (§13); nobody has to wait that long here


class _Series(msgspec.Struct):
    name: str
    labels: dict[str, str]
    values: list[float]


class _Lived(msgspec.Struct):
    step_s: float
    series: list[_Series]


@dataclass(frozen=True)
class Pod:
    """One running service and where it listens, by port name."""

    deployment: Deployment
    name: str
    addresses: dict[str, str]

    @property
    def ports(self) -> dict[str, int]:
        return {name: int(address.rpartition(":")[2]) for name, address in self.addresses.items()}

    @property
    def target(self) -> Target:
        return Target(self.deployment.name, self.name, self.addresses["http"])


@dataclass
class Fleet:
    """Every service of this rehearsal.

    Of the pods that are `unscraped` Prometheus does not know; those that are `unreachable` it finds down, in what is
    lived through, though they serve; of others it has `missed` so many scrapes, in the middle of that.
    `variables` are what a deployment's processes find in their environment when they start.
    """

    place: Place
    processes: Processes
    deployments: tuple[Deployment, ...]
    postgres: PostgresAddress
    tokens: Mapping[str, str]
    through: Callable[[str, str], str]
    redis: RedisAddress | None = None
    variables: dict[str, dict[str, str]] = field(default_factory=dict)
    pods: list[Pod] = field(default_factory=list)
    unscraped: set[str] = field(default_factory=set)
    unreachable: set[str] = field(default_factory=set)
    missed: dict[str, int] = field(default_factory=dict)
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=20))

    def start(self) -> None:
        """Start every deployment; those of a wave side by side, with the addresses of the waves before."""
        for wave in sorted({deployment.wave for deployment in self.deployments}):
            known = self._known()
            begun = {
                pod: deployment for deployment in self.deployments if deployment.wave == wave for pod in deployment.pods
            }
            for pod, deployment in begun.items():
                self._begin(deployment, pod, known)
            lines = self.processes.ready_lines(begun)
            for pod, deployment in begun.items():
                told = msgspec.json.decode(lines[pod], type=dict[str, str | bool | None])
                addresses = {port: address for port, address in told.items() if isinstance(address, str)}
                self.pods.append(Pod(deployment, pod, addresses))

    def addresses(self) -> dict[str, list[dict[str, str]]]:
        """Where does each deployment listen?"""
        found: dict[str, list[dict[str, str]]] = {}
        for pod in self.pods:
            found.setdefault(pod.deployment.name, []).append(pod.addresses)
        return found

    def pods_of(self, deployment: str) -> list[Pod]:
        """Which pods run of a deployment?"""
        return [one for one in self.pods if one.deployment.name == deployment]

    def targets(self) -> list[Target]:
        """Which processes does Prometheus scrape?"""
        return [pod.target for pod in self.pods if pod.deployment.is_of_the_cluster and pod.name not in self.unscraped]

    def live(self, seconds: float, *, first: bool = False) -> list[list[_Series]]:
        """Let every service live through a span, side by side. The answers are in the order of `pods`.

        One that does not run has nothing to tell; its log grows older all the same.
        """
        request = msgspec.json.encode({"seconds": seconds, "step_s": STEP_S, "first": first})

        def lived(pod: Pod) -> bytes:
            if not self.processes.runs(pod.name):
                self._age_logs(pod, seconds)
                return _NOTHING
            answer = self.client.post(f"http://{pod.addresses['http']}/-/live", content=request)
            _refuse_unless_ok(answer, pod)
            return answer.content

        with ThreadPoolExecutor(len(self.pods)) as pool:
            answers = list(pool.map(lived, self.pods))
        # Not in the threads: msgspec has crashed where several of them met a type for the first time.
        return [msgspec.json.decode(answer, type=_Lived).series for answer in answers]

    def tracks(self, lived: list[list[_Series]], world_now_ms: int, offset_s: float) -> list[Track]:
        """What the services lived through, as Prometheus would have scraped it, `up` included."""
        times: dict[int, array[int]] = {}
        steps = max((len(one.values) for series in lived for one in series), default=1)
        tracks = []
        for pod, series in zip(self.pods, lived, strict=True):
            if not pod.deployment.is_of_the_cluster or pod.name in self.unscraped:
                continue
            own = {"job": pod.target.job, "instance": pod.target.address, "pod": pod.name}
            is_up = pod.name not in self.unreachable and self.processes.runs(pod.name)
            up = _Series("up", {}, [float(is_up)] * steps)
            for one in (*(series if is_up else ()), up):
                shared = times.setdefault(len(one.values), regular_times(world_now_ms, len(one.values)))
                labels, missed = {**one.labels, **own}, self.missed.get(pod.name, 0)
                if missed:
                    middle = slice(len(shared) // 2, len(shared) // 2 + missed)
                    shared = shared[: middle.start] + shared[middle.stop :]
                    del one.values[middle]
                tracks.append(Track.told(one.name, labels, shared, one.values, offset_s))
        return tracks

    def reached(self, tracks: list[Track]) -> list[Track]:
        """Those of the pods that Prometheus knows of and reaches; what rules made of them is none."""
        hidden = self.unscraped | self.unreachable
        return [track for track in tracks if track.pod and track.pod not in hidden]

    def behave(self, deployment: str, pod: int | None = None, **levers: Lever) -> None:
        """Move levers of every pod of a deployment, or of one by number."""
        for member in self._members(deployment, pod):
            self._move(member, levers)

    @contextlib.contextmanager
    def misbehaving(self, deployment: str, pod: int | None = None, **levers: Lever) -> Iterator[None]:
        """Move levers for as long as the block lasts; afterwards each pod behaves as it did before."""
        before = []
        for member in self._members(deployment, pod):
            answer = self.client.get(f"http://{member.addresses['http']}/-/behave")
            _refuse_unless_ok(answer, member)
            held = msgspec.json.decode(answer.content, type=dict[str, Lever])
            self._move(member, levers)
            before.append((member, {name: held[name] for name in levers}))
        yield
        for member, healthy in before:
            self._move(member, healthy)

    @contextlib.contextmanager
    def calling(self, requests_per_minute: float) -> Iterator[None]:
        """All users together call so often, for as long as the block lasts."""
        with contextlib.ExitStack() as stack:
            for deployment in _CALLED_BY_USERS:
                stack.enter_context(self.misbehaving(deployment, requests_per_minute=requests_per_minute))
            yield

    def post(self, deployment: str, path: str, token: str, asked: Mapping[str, str]) -> str:
        """Ask the first pod of a deployment for something. Returns what it answered. Errors: RehearsalError."""
        pod = self.pods_of(deployment)[0]
        answer = self.client.post(
            f"http://{pod.addresses['http']}/{path}",
            headers={"authorization": f"Bearer {token}"},
            content=msgspec.json.encode(asked),
        )
        _refuse_unless_ok(answer, pod)
        return answer.text

    def restart(self, deployment: str, pod: int, *, baked_in: bool = False) -> None:
        """Restart one pod in its place: the same name and addresses, nothing remembered.

        baked_in  from an image that holds flag values of its own, and asks no surface.
        """
        with self.away(deployment, pod, baked_in=baked_in):
            pass

    @contextlib.contextmanager
    def away(self, deployment: str, pod: int, *, baked_in: bool = False) -> Iterator[None]:
        """One pod is not there for as long as the block lasts."""
        (member,) = self._members(deployment, pod)
        self.processes.stop(member.name)
        yield
        self._begin(member.deployment, member.name, self._known(), member.ports, baked_in=baked_in)
        self.processes.ready_lines([member.name])

    @contextlib.contextmanager
    def started_with(self, deployment: str, pod: int, **variables: str) -> Iterator[None]:
        """One pod runs with other variables in its environment, for as long as the block lasts."""
        agreed = self.variables[deployment]
        self.variables[deployment] = {**agreed, **variables}
        self.restart(deployment, pod)
        self.variables[deployment] = agreed
        yield
        self.restart(deployment, pod)

    @contextlib.contextmanager
    def without(self, scraped: set[str], deployment: str, pod: int | None = None) -> Iterator[None]:
        """Prometheus does not reach these pods, or does not know of them, as long as the block lasts."""
        names = {member.name for member in self._members(deployment, pod)}
        scraped |= names
        yield
        scraped -= names

    @contextlib.contextmanager
    def missing(self, deployment: str, scrapes: int) -> Iterator[None]:
        """Prometheus misses so many scrapes of these pods in the middle of each span that the block lives through."""
        names = [member.name for member in self._members(deployment, None)]
        self.missed |= dict.fromkeys(names, scrapes)
        yield
        for name in names:
            del self.missed[name]

    def reconcile(self) -> None:
        """Let the reconciler make a pass now."""
        for pod in self.pods:
            if pod.deployment.module == "reconciler":
                _refuse_unless_ok(self.client.post(f"http://{pod.addresses['http']}/-/pass"), pod)

    def _known(self) -> Known:
        return Known(self.addresses(), self.tokens, str(self.place.logs), self.through)

    def _members(self, deployment: str, pod: int | None) -> list[Pod]:
        members = self.pods_of(deployment)
        return members if pod is None else [members[pod]]

    def _age_logs(self, pod: Pod, seconds: float) -> None:
        for path in (self.place.logs / pod.deployment.name).glob(f"{pod.name}*.log"):
            age_file(path, seconds)

    def _move(self, member: Pod, levers: Mapping[str, Lever]) -> None:
        answer = self.client.post(f"http://{member.addresses['http']}/-/behave", content=msgspec.json.encode(levers))
        _refuse_unless_ok(answer, member)

    def _begin(
        self,
        deployment: Deployment,
        pod: str,
        known: Known,
        ports: Mapping[str, int] = MappingProxyType({}),
        *,
        baked_in: bool = False,
    ) -> None:
        log_file = self.place.logs / deployment.name / f"{pod}.log"
        if deployment.is_of_the_cluster:
            log_file.parent.mkdir(mode=0o700, exist_ok=True)
        settings = Settings(
            name=deployment.name,
            pod=pod,
            redis=self.redis,
            postgres=self.postgres,
            log_file=str(log_file) if deployment.is_of_the_cluster else "",
            flag_ttl_s=_FLAG_TTL_S,
            peers=deployment.peers(known),
            world_file=str(self.place.folder / "world.json"),
            ports=dict(ports),
            flags_baked_in=baked_in,
        )
        path = write_private(self.place.folder / "services" / f"{pod}.json", msgspec.json.encode(settings).decode())
        module = f"flipgate.rehearsal.services.{deployment.module}"
        argv = [sys.executable, "-m", module, "--settings", str(path)]
        self.processes.start_service(pod, argv, self.variables.get(deployment.name, {}))


def _refuse_unless_ok(answer: httpx.Response, pod: Pod) -> None:
    if answer.status_code != httpx.codes.OK:
        raise RehearsalError(f"{pod.name} answered {answer.status_code}: {answer.text.strip()[:200]}")
