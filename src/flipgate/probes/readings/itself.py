"""Who are the servers that answer here, in their own words?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from flipgate.core.errors import FlipgateError, visible
from flipgate.core.facts.environment import Itself
from flipgate.core.observation import Observation
from flipgate.probes.systems import Systems

Words = dict[str, str]


def itself(systems: Systems) -> Observation[Itself]:
    """What does each system say of itself: the cluster of the database, the flag store's process, labels, names?

    Shape:   a system that the environment has not is left out; one that gives no answer is told with what was seen.
    Errors:  none: who answered is part of the answer.
    Cost:    as long as the slowest of them; nothing where the environment has none of them.
    """
    there = {name: ask for name, ask in _ASKED.items() if getattr(systems.environment, name) is not None}
    with ThreadPoolExecutor(max_workers=len(_ASKED)) as pool:
        asking = {name: pool.submit(_answer, ask, systems) for name, ask in there.items()}
        answers = {name: one.result() for name, one in asking.items()}
    said = {name: answer.value for name, answer in answers.items() if isinstance(answer, Observation)}
    silent = {name: answer for name, answer in answers.items() if isinstance(answer, str)}
    asked = tuple(query for answer in answers.values() if isinstance(answer, Observation) for query in answer.asked)
    return Observation(Itself(said, silent), "names", " + ".join(answers) or "nothing", asked, systems.clock.now())


def _answer(ask: Callable[[Systems], Observation[Words]], systems: Systems) -> Observation[Words] | str:
    try:
        return ask(systems)
    except FlipgateError as error:
        return visible(str(error))
    except Exception as error:  # who they are is told beside the gates: it ends no run
        return visible(f"{type(error).__name__}: {error}")


def _gateway(systems: Systems) -> Observation[Words]:
    seen = systems.gateway.itself()
    named = {"environment": seen.value.environment} if seen.value.environment else {}
    return Observation(named, "names", seen.source, seen.asked, seen.taken_at)


def _ops_view(systems: Systems) -> Observation[Words]:
    seen = systems.ops_view.environment()
    named = {"environment": seen.value} if seen.value else {}
    return Observation(named, "names", seen.source, seen.asked, seen.taken_at)


# By the names of their blocks in the environment file.
_ASKED: Mapping[str, Callable[[Systems], Observation[Words]]] = {
    "postgres": lambda systems: systems.database.itself(),
    "redis": lambda systems: systems.redis_flags.itself(),
    "prometheus": lambda systems: systems.prometheus.external_labels(),
    "kubernetes": lambda systems: systems.kubernetes.itself(),
    "gateway": _gateway,
    "ops_view": _ops_view,
}
