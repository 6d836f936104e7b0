"""How much traffic the environment has: one rate and one mix, lived through by a model and sent live by `traffic`."""

import math
from collections.abc import Sequence
from random import Random

from .metrics import Span
from .process import Levers
from .settings import Settings

REQUESTS_PER_MINUTE = 540.0
MIX = {
    "upsquad.tenant.v1.TenantService/ListTeams": 0.25,
    "upsquad.tenant.v1.TenantService/GetOrgChart": 0.1,
    "upsquad.member.v1.MemberService/ListMembers": 0.2,
    "upsquad.governance.v1.GovernanceService/Check": 0.45,
}
# Beside them, once new_services_enabled is true: what the portal then asks of the new services.
NEW_MIX = {
    "upsquad.orgunit.v1.OrgUnitService/GetTree": 0.03,
    "upsquad.rbac.v1.RbacService/ListRoles": 0.03,
    "upsquad.conflict.v1.ConflictService/ListConflicts": 0.03,
}


class TrafficLevers(Levers, frozen=True, forbid_unknown_fields=True):
    """`requests_per_minute` is the traffic of the whole environment; 0 is none at all."""

    requests_per_minute: float = REQUESTS_PER_MINUTE


def arrivals(random: Random, per_minute: float, span: Span) -> list[int]:
    """How many requests fall into each step? Mild noise around the rate; none at rate 0."""
    mean = per_minute * span.step_s / 60
    spread = math.sqrt(mean)
    return [max(0, round(random.gauss(mean, spread))) for _ in range(span.steps)]


def share(settings: Settings, *methods: str) -> float:
    """Which part of the traffic do these methods get at this replica?"""
    return sum((MIX | NEW_MIX)[method] for method in methods) / float(settings.peers.get("replicas", "1"))


def spread(span: Span, at_most: int, apart_s: float) -> Sequence[float]:
    """At which moments does something noteworthy happen, evenly, at most so often? Oldest first."""
    count = min(at_most, int(span.seconds // apart_s))
    return [span.ends_at - span.seconds * (count - index - 0.5) / count for index in range(count)]
