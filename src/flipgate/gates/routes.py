"""Does the gateway lead to the handlers of the new services?

Runbook §12.3 knows the shapes in which it does not, each with its likely cause and what the operator does about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flipgate.core.facts.routes import ReplicasReading, RouteAnswer, RoutesReading
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.core.window import spoken
from flipgate.gates.claim import Claim, named, numbered

FLAG = "new_services_enabled"
_HTML = "text/html"


@dataclass(frozen=True)
class Shape:
    """One way in which a route does not lead to its handler."""

    verdict: Verdict
    seen: str
    cause: str
    action: str

    def told(self) -> str:
        """How is it said, with its likely cause and the operator's action?"""
        return f"{self.seen}: {self.cause}; {self.action}"


GATE = Shape(
    Verdict.HOLD,
    f"the gate's 404, {FLAG} is false there",
    "the flag is not flipped, was flipped back, or the cache is old",
    "look at §6.3 again, and at the database override",
)
RAW_404 = Shape(
    Verdict.STOP,
    "a raw 404, the route is not mounted",
    "a pod may run an image from before the routes",
    "compare the deployed version of context-engine with the merge of J.5",
)
PROXY = Shape(
    Verdict.STOP,
    "a page in place of the service",
    "a proxy or a portal answers for the gateway",
    "look at the gateway's routing: the call never reached it",
)
UNHEALTHY = Shape(
    Verdict.STOP,
    "an error of the gateway",
    "the gateway or the service behind it is unhealthy",
    "read the logs of context-engine and probe its health",
)
UNREACHED = Shape(
    Verdict.HOLD,
    "no answer",
    "the gateway is away, or its certificate is not trusted",
    "look at the gateway's address, its certificate and the logs of context-engine",
)
FOREIGN = Shape(
    Verdict.HOLD,
    "an answer that is no Connect error",
    "something before the handler answered",
    "look at what stands between this machine and the gateway",
)


@gate
def every_route_must_reach_its_handler(its: Observation[RoutesReading]) -> Judgement:
    """Does a call without a token reach the handler on every path? To be refused there is to have reached it."""
    claim = Claim("routes of the new services", "every path reaches its handler")
    answers = its.value.answers
    if not answers:
        return claim.hold("no path was asked")
    shapes = [(one, shape) for one in answers if (shape := shape_of(one))]
    findings = [_finding(claim, shape, f"{_told(one)} is {shape.told()}") for one, shape in shapes]
    return claim.against(findings, fine=named(_told(one) for one in answers))


@gate
def every_route_must_be_shut(its: Observation[RoutesReading]) -> Judgement:
    """Does every path answer the gate's own 404, whose body names the flag, so that a caller sees why it is dark?"""
    claim = Claim("routes of the new services", f"every path answers 404 and names {FLAG}")
    answers = its.value.answers
    if not answers:
        return claim.hold("no path was asked")
    others = [_told(one) for one in answers if shape_of(one) is not GATE]
    findings = [claim.stop(f"not shut by the gate: {named(others)}")] if others else []
    return claim.against(findings, fine=named(_told(one) for one in answers))


@gate
def every_replica_must_serve_the_flag(its: Observation[ReplicasReading], *, within_s: float) -> Judgement:
    """Has every replica of the gateway opened its gate, this long after the flip at the latest?"""
    reading = its.value
    claim = Claim(
        f'"{reading.flag}" at every replica of the gateway', f"in force within {spoken(within_s)} of the flip"
    )
    if not reading.answers:
        return claim.hold("no replica was asked")
    shapes = [(one, shape_of(one)) for one in reading.answers]
    findings = []
    if stale := [one.address for one, shape in shapes if shape is GATE]:
        ready_at = reading.flipped_at + timedelta(seconds=within_s) if reading.flipped_at else None
        is_early = ready_at is not None and its.taken_at < ready_at
        age = spoken((its.taken_at - reading.flipped_at).total_seconds()) if reading.flipped_at else "an unknown time"
        seen = f"the old value is still served {age} after the flip at {named(stale)}"
        findings.append(claim.hold(seen, ready_at if is_early else None))
    silent = [f"{one.address} ({shape.seen})" for one, shape in shapes if shape in (UNREACHED, FOREIGN)]
    if silent:
        findings.append(claim.hold(f"not to be told at {named(silent)}"))
    return claim.against(findings, fine=f"in force at {numbered(len(reading.answers), 'replica')}")


def shape_of(answer: RouteAnswer) -> Shape | None:
    """In which shape did the call miss its handler? None where it was reached."""
    if not answer.status:
        return UNREACHED
    if answer.status == 404 and answer.content_type == "text/plain" and FLAG in answer.detail:
        return GATE
    if answer.status >= 500:
        return UNHEALTHY
    if answer.code or (answer.status == 200 and answer.content_type == "application/json"):
        return None
    if answer.status == 404:
        return RAW_404
    return PROXY if answer.status == 200 or answer.content_type == _HTML else FOREIGN


def _finding(claim: Claim, shape: Shape, seen: str) -> Judgement:
    return claim.stop(seen) if shape.verdict is Verdict.STOP else claim.hold(seen)


def _told(answer: RouteAnswer) -> str:
    service = answer.path.partition("/")[0].rpartition(".")[2] or answer.path
    status = f"{answer.status} {answer.code or answer.content_type}" if answer.status else answer.detail
    return f"{service} ({status})" + (f" at {answer.address}" if answer.address else "")
