"""How does the environment stand at this moment: its flags on every surface, its processes?

Read before and after each stage: what changed in between was not judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flipgate.core.errors import NoAnswer, NotConfigured, visible
from flipgate.core.facts.processes import Process, Processes
from flipgate.core.observation import Observation
from flipgate.probes.readings.posture import Flags, posture

if TYPE_CHECKING:
    from flipgate.core.facts.flags import Posture
    from flipgate.probes.kubernetes import Pod
    from flipgate.probes.systems import Systems

_AT_ONCE = 8


@dataclass(frozen=True)
class Standing:
    """`posture`: None where its surfaces are not configured or did not answer; the latter is said in `processes`."""

    posture: Observation[Posture] | None
    processes: Observation[Processes]


@dataclass
class _Found:
    posture: Observation[Posture] | None = None
    processes: list[Process] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def ask(self, name: str, question: Callable[[], Observation[Any]]) -> Any:
        """What is answered? None where the environment has no such system, or it gives no answer: then that is kept."""
        try:
            seen = question()
        except NotConfigured:
            return None
        except NoAnswer as error:
            self.unread[name] = str(error)
            return None
        except Exception as error:
            self.unread[name] = visible(f"{type(error).__name__}: {error}")
            return None
        self.asked.extend(seen.asked)
        return seen


def standing(systems: Systems, flags: Flags) -> Standing | None:
    """Which values do the flags hold on every surface, and which processes of the environment run since when?

    Shape:   None where the environment has no system that could tell. A system that gives no answer is in `unread`.
    Cost:    systems are asked at once; the servers of flags four short questions, each deployment two.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        parts = list(pool.map(lambda ask: ask(), _questions(systems, flags)))
    running = tuple(process for part in parts for process in part.processes)
    unread = {name: why for part in parts for name, why in part.unread.items()}
    if not running and not unread:
        return None
    asked = tuple(query for part in parts for query in part.asked)
    found = Observation(Processes(running, unread), "processes", "environment", asked, systems.clock.now())
    return Standing(next((part.posture for part in parts if part.posture), None), found)


def _questions(systems: Systems, flags: Flags) -> Iterator[Callable[[], _Found]]:
    environment = systems.environment
    if environment.redis or environment.postgres or environment.ops_view:
        yield lambda: _surfaces(systems, flags)
    if environment.kubernetes is None:
        return
    cluster = systems.kubernetes  # made here: several threads ask it
    exporter = [environment.reconciler.deployment] if environment.reconciler else []
    listed = environment.org_v23.deployments if environment.org_v23 else ()
    services = [service.deployment for service in environment.services.values()]
    flagged = [environment.ops_view.deployment] if environment.ops_view else []
    for name in dict.fromkeys([*listed, *services, *exporter, *flagged]):
        yield lambda name=name: _pods(name, cluster.pods)  # type: ignore[misc]


def _surfaces(systems: Systems, flags: Flags) -> _Found:
    found = _Found()
    if flags.names:
        found.posture = found.ask("flags", lambda: posture(systems, flags, {}))
    for name, identity in _IDENTITIES.items():
        if seen := found.ask(name, lambda identity=identity: identity(systems)):  # type: ignore[misc]
            found.processes.append(Process(name, seen.value))
    return found


def _run_id(itself: Observation[dict[str, str]]) -> Observation[str]:
    return Observation(itself.value["run_id"], "run id", itself.source, itself.asked, itself.taken_at)


_IDENTITIES: Mapping[str, Callable[[Systems], Observation[str]]] = {
    "postgresql": lambda systems: systems.database.started(),
    "redis": lambda systems: _run_id(systems.redis_flags.itself()),
}


def _pods(deployment: str, pods: Callable[[str], Observation[tuple[Pod, ...]]]) -> _Found:
    found = _Found()
    if seen := found.ask(f"pods of {deployment}", lambda: pods(deployment)):
        found.processes.extend(_process(pod) for pod in seen.value)
    return found


def _process(pod: Pod) -> Process:
    since = f"started {pod.started_at.isoformat()}" if pod.started_at else "not running"
    return Process(f"pod {pod.name}", f"{since}, {pod.restarts} restarts", pod.started_at)
