"""Are checks still answered as they were before the flip?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from flipgate.core.errors import Ambiguous, NoData, NotConfigured
from flipgate.core.facts.verdicts import Check, DenyReading, OtherVerdict, VerdictReading, VerdictSample
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems

if TYPE_CHECKING:
    from flipgate.probes.verdicts import Answer, Question

EVALUATIONS = "governance_cascade_evaluations_total"
_SHOWN = 20


def capture(systems: Systems, checks: int) -> Observation[VerdictSample]:
    """Which verdicts has a sample of at most so many checks: one member of each tenant, each action on each resource?

    Errors:  NotConfigured, Unreachable, Malformed, NoData; Ambiguous where addresses disagree.
    """
    possible = questions(systems)
    every = possible.value
    some = [every[index * len(every) // checks] for index in range(checks)] if len(every) > checks else every
    answers = systems.verdicts.answers(some)
    value = VerdictSample(tuple(answers), tuple(map(_check, some, _agreed(some, answers))))
    return joined(value, "checks", possible, _asked(systems, answers, len(some)))


def questions(systems: Systems) -> Observation[list[Question]]:
    """What can governance be asked: one member of each tenant, each action on each resource?

    Errors:  NotConfigured, Unreachable, Malformed.
    """
    from flipgate.probes.verdicts import Question

    org = systems.block("org_v23", systems.environment.org_v23)
    if not org.check_actions or not org.check_resources:
        raise NotConfigured("org_v23", "`check_actions` and `check_resources` do not say what governance is asked")
    members = systems.database.some_members()
    every = [
        Question(tenant, member, action, resource)
        for tenant, member in members.value
        for action in org.check_actions
        for resource in org.check_resources
    ]
    return joined(every, "questions", members)


def compare(systems: Systems, sample: VerdictSample) -> Observation[VerdictReading]:
    """Which of these checks does any address answer otherwise now?

    Errors:  NotConfigured, Unreachable, Malformed, NoData, Ambiguous.
    """
    from flipgate.probes.verdicts import Question

    again = [Question(one.tenant, one.member, one.action, one.resource) for one in sample.checks]
    answers = systems.verdicts.answers(again)
    others = [
        OtherVerdict(address, check, answer.verdict, answer.policy)
        for address, given in answers.items()
        for check, answer in zip(sample.checks, given, strict=True)
        if answer.verdict != check.verdict
    ]
    layers = {address: dict(Counter(str(answer.layers) for answer in given)) for address, given in answers.items()}
    value = VerdictReading(len(again), tuple(others[:_SHOWN]), len(others), layers)
    return joined(value, "checks", _asked(systems, answers, len(again)))


def denied(systems: Systems, window: Window, sample: VerdictSample) -> Observation[DenyReading]:
    """How did the cascade's verdicts spread over this window, beside those of the sample?

    Errors:  NotConfigured, Unreachable, Malformed.
    """
    block = systems.block("services.context-engine", systems.environment.services.get("context-engine"))
    counted = systems.prometheus.series_set(EVALUATIONS, block.metrics_job, window)
    of_sample = Counter(check.verdict for check in sample.checks)
    value = DenyReading(counted.value, of_sample.total(), of_sample["DENY"])
    return joined(value, "evaluations", counted, window=window)


def _check(question: Question, answer: Answer) -> Check:
    return Check(question.tenant, question.member, question.action, question.resource, answer.verdict)


def _agreed(questions: Sequence[Question], answers: Mapping[str, Sequence[Answer]]) -> Sequence[Answer]:
    if not questions or not answers:
        raise NoData("governance", "there is no member to ask about, or no address to ask")
    for question, given in zip(questions, zip(*answers.values(), strict=True), strict=True):
        if len({answer.verdict for answer in given}) > 1:
            raise Ambiguous("governance", f"{', '.join(answers)} differ on {question.action} {question.resource}")
    return next(iter(answers.values()))


def _asked(systems: Systems, answers: Mapping[str, object], checks: int) -> Observation[None]:
    from flipgate.probes.verdicts import CHECK

    called = f"{CHECK} for {checks} questions at {', '.join(answers)}"
    return Observation(None, "checks", "grpc", (called,), systems.clock.now())
