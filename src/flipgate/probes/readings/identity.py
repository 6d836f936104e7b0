"""What does the environment call itself?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flipgate.core.errors import NotConfigured
from flipgate.core.facts.environment import Identity
from flipgate.core.observation import Observation
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems

_LABEL = "environment"


def identity(systems: Systems) -> Observation[Identity]:
    """Which tier does each system name, by an external label, the namespace's label or a header of its answers?

    Shape:   one that answers and names none is silent; one that the environment has not is left out.
    Errors:  NotConfigured where it has none of them; Unreachable, Malformed.
    """
    answers: dict[str, Observation[str]] = {}
    for name, ask in _ASKED.items():
        try:
            answers[name] = ask(systems)
        except NotConfigured:
            continue
    if not answers:
        raise NotConfigured("environment", f"it has none of {', '.join(_ASKED)}: nothing can say which one it is")
    stated = {name: answer.value for name, answer in answers.items() if answer.value}
    silent = tuple(name for name in answers if name not in stated)
    return joined(Identity(systems.environment.tier, stated, silent), "names", *answers.values())


def _prometheus(systems: Systems) -> Observation[str]:
    labels = systems.prometheus.external_labels()
    return joined(labels.value.get(_LABEL, ""), "names", labels)


def _gateway(systems: Systems) -> Observation[str]:
    itself = systems.gateway.itself()
    return joined(itself.value.environment, "names", itself)


def _kubernetes(systems: Systems) -> Observation[str]:
    return systems.kubernetes.environment()


_ASKED: Mapping[str, Callable[[Systems], Observation[str]]] = {
    "prometheus": _prometheus,
    "kubernetes": _kubernetes,
    "gateway": _gateway,
    "ops_view": lambda systems: systems.ops_view.environment(),
}
