"""Do the portal's flows answer, and the same over Connect and gRPC?"""

from __future__ import annotations

from collections.abc import Iterator

from flipgate.core.facts.end_to_end import CallAnswer, EndToEnd
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named, numbered
from flipgate.gates.routes import FLAG, GATE

OK = "ok"
# Runbook §12.3: the token, its tenant or its roles, not the service.
_OURS = frozenset({"unauthenticated", "permission_denied", "invalid_argument"})
# Nobody answered; over Connect it is the gateway that says so, and that is an error of its own.
_AWAY = frozenset({"unavailable", "deadline_exceeded", "cancelled"})


@gate
def every_call_must_succeed(its: Observation[EndToEnd]) -> Judgement:
    """Does every method answer over every way, with any number of records?"""
    claim = Claim("calls end to end", "every one succeeds, over Connect and gRPC, with any number of records")
    answers = its.value.answers
    if not answers:
        return claim.hold("nothing was called")
    told = named(f"{one.method} {numbered(one.records, 'record')}" for one in answers if _is_connect(one))
    return claim.against((_failure(claim, one) for one in answers if one.code != OK), fine=told)


@gate
def answers_must_agree(its: Observation[EndToEnd]) -> Judgement:
    """Does each method answer the same records over Connect and at every address over gRPC?"""
    claim = Claim("answers over Connect and gRPC", "the same records, whichever way is taken")
    methods = dict.fromkeys(one.method for one in its.value.answers)
    if not methods:
        return claim.hold("nothing was called")
    findings = [one for method in methods for one in _compared(claim, its.value, method)]
    return claim.against(findings, fine=f"{named(methods)}: equal over {_ways(its.value.answers)}")


def _failure(claim: Claim, answer: CallAnswer) -> Judgement:
    seen = f"{answer.method} over {answer.way}: {answer.code or 'no answer'} {answer.detail}".rstrip()
    if FLAG in answer.detail:
        return claim.hold(f"{seen}: {GATE.action}")
    if answer.code in _OURS:
        return claim.hold(f"{seen}: renew the token, or look at the tenant it is for")
    if not answer.code or (answer.code in _AWAY and not _is_connect(answer)):
        return claim.hold(seen)
    return claim.stop(seen)


def _compared(claim: Claim, reading: EndToEnd, method: str) -> Iterator[Judgement]:
    own = [one for one in reading.answers if one.method == method]
    if method in reading.unsettled:
        yield claim.hold(f"{method}: its records change while they are read; read again")
        return
    if missing := [one.way for one in own if one.code != OK]:
        yield claim.hold(f"{method}: nothing to compare over {named(missing)}")
    answered = [one for one in own if one.code == OK]
    if not any(_is_connect(one) for one in own) or all(_is_connect(one) for one in own):
        yield claim.hold(f"{method}: asked over one way only")
    if len({one.sha256 for one in answered}) > 1:
        told = (f"{one.way} {numbered(one.records, 'record')}" for one in answered)
        yield claim.stop(f"{method} differs: {named(told)}")


def _ways(answers: tuple[CallAnswer, ...]) -> str:
    return named(dict.fromkeys(one.way for one in answers))


def _is_connect(answer: CallAnswer) -> bool:
    return answer.way.startswith("Connect")
