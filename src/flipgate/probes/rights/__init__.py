"""What may the credentials of an environment do beyond reading?

A right that nobody needs is not used by the suite, whose doors refuse on their own; it is one typing error away from
being used. Asked of the systems whose servers tell it: Redis, PostgreSQL, Kubernetes. What a bearer token of the
gateway, the portal or the tracker may do, no server tells.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flipgate.core.errors import NoAnswer

if TYPE_CHECKING:
    from flipgate.config.environment import Environment


@dataclass(frozen=True)
class Right:
    """One right beyond reading. `mend`: the command, for whoever administers the system, that takes it away."""

    system: str
    kind: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.system}: {self.what}"


@dataclass(frozen=True)
class Audit:
    """asked: the systems that answered; unanswered: why the others did not."""

    asked: tuple[str, ...]
    rights: tuple[Right, ...]
    unanswered: tuple[NoAnswer, ...]


def audited(environment: Environment) -> Audit:
    """Which rights beyond reading have this environment's credentials? All systems are asked at the same time.

    Cost:  a round trip or two by system; about 10 ms on loopback.
    """
    questions = _questions(environment)
    with ThreadPoolExecutor(max(1, len(questions))) as threads:
        answers = dict(zip(questions, threads.map(_answered, questions.values()), strict=True))
    return Audit(
        asked=tuple(name for name, answer in answers.items() if not isinstance(answer, NoAnswer)),
        rights=tuple(right for answer in answers.values() if not isinstance(answer, NoAnswer) for right in answer),
        unanswered=tuple(answer for answer in answers.values() if isinstance(answer, NoAnswer)),
    )


Question = Callable[[], tuple[Right, ...]]


def _questions(environment: Environment) -> dict[str, Question]:
    """Drivers are imported for the systems that are there, and no others."""
    found: dict[str, Question] = {}
    if flag_store := environment.redis:
        from flipgate.probes.rights.redis import rights as of_redis

        found["redis"] = lambda: of_redis(flag_store)
    if database := environment.postgres:
        from flipgate.probes.rights.postgres import rights as of_postgres

        found["postgres"] = lambda: of_postgres(database)
    if cluster := environment.kubernetes:
        from flipgate.probes.rights.kubernetes import rights as of_kubernetes

        found["kubernetes"] = lambda: of_kubernetes(cluster)
    return found


def _answered(question: Question) -> tuple[Right, ...] | NoAnswer:
    try:
        return question()
    except NoAnswer as error:
        return error
