"""context-engine: governance checks and policies; its latency comes from a seeded model, never from the machine.

Peers: `replicas`, how many of this deployment share the traffic (1 when left out).
"""

import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from typing import LiteralString

import grpc
import psycopg
from google.protobuf.message import Message

from .breaker import CONSECUTIVE_MINUTES, THRESHOLD_S
from .checks import LEGACY_P95_S, Checks, Slowness
from .contract import METHODS, message_class
from .flagged import FlaggedService
from .governance import CASCADE_LAYERS, LEGACY_LAYERS, Policy, Question, decide
from .load import TrafficLevers, arrivals, share
from .metrics import Latency, Span
from .paging import Row, page
from .process import Line, Lived, main
from .rpc import Caller, CheckRequest, Handler, PageRequest, RefusedError, required_tenant
from .seed import ACTIONS, RESOURCES, TENANTS, identity
from .settings import Settings

CHECK = "upsquad.governance.v1.GovernanceService/Check"
LIST_POLICIES = "upsquad.governance.v1.GovernanceService/ListPolicies"

CONFLICTS_PER_HOUR = 3.0
_TRIPPED = "the cascade is too slow: this process is back on three layers; find the cause, then restart the pod (§11.4)"
_POLICIES_KEPT_S = 30.0
_QUESTIONS = [Question("", action, kind) for action in ACTIONS for kind in RESOURCES]
_CONFLICTS_SQL: LiteralString = """
    insert into policy_conflicts (id, tenant_id, policy_a, policy_b, detected_at, updated_at)
    select found.id, found.tenant, pair.a, pair.b, found.at, found.at
    from unnest(%s::text[], %s::text[], %s::timestamptz[]) as found(id, tenant, at),
    lateral (select min(id) a, max(id) b from policies where tenant_id = found.tenant) pair"""


class ContextEngineLevers(TrafficLevers, frozen=True, forbid_unknown_fields=True):
    """`stale_flags` keeps the flag values this process has; `conflicts_per_hour` is how often policies conflict.

    `legacy_p95_ms` is the p95 of three layers; `denied_more` is a share of the lived checks that is denied beside what
    policies deny, because it is asked for more often.

    Of the cascade: `slow_p95_ms` is its p95 for the next `slow_minutes`, lived or real; `breaker_off` keeps its breaker
    from tripping; `denies` is an action that it denies to everybody; `half_open` lets one check in ten onto it;
    `no_verdict` leaves that field unset. `coarse_buckets` lasts until a restart; bounds are told times `told_in`.
    """

    stale_flags: bool = False
    conflicts_per_hour: float = CONFLICTS_PER_HOUR
    slow_p95_ms: float = 0.0
    slow_minutes: float = 0.0
    breaker_off: bool = False
    half_open: bool = False
    no_verdict: bool = False
    coarse_buckets: bool = False
    told_in: float = 1.0
    denies: str = ""
    denied_more: float = 0.0
    legacy_p95_ms: float = LEGACY_P95_S * 1000


class ContextEngine(FlaggedService):
    """Decides checks for a tenant, measures each by the model, and tells how often policies conflict."""

    levers: ContextEngineLevers = ContextEngineLevers()

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.checks = Checks(self.metrics, self.random)
        self.conflicts = self.metrics.counter("policy_conflicts_total", "Policy conflicts detected.")
        self._policies: dict[str, tuple[float, list[Policy]]] = {}

    async def start(self) -> None:
        self.checks.born()
        self.conflicts.put(0)
        await super().start()

    async def behaving(self, moved: Collection[str]) -> None:
        if "stale_flags" in moved:
            await self.flags.freeze(frozen=self.levers.stale_flags, scopes=[tenant.id for tenant in TENANTS])
        if "slow_p95_ms" in moved:
            until = time.time() + self.levers.slow_minutes * 60
            self.checks.slowness = Slowness(self.levers.slow_p95_ms / 1000, until)
        self.checks.breaker_is_off = self.levers.breaker_off
        self.checks.tell_in(self.levers.told_in)
        self.checks.legacy = Latency.of_p95(self.levers.legacy_p95_ms / 1000)
        if self.levers.coarse_buckets:
            self.checks.coarsen()

    def age(self, seconds: float) -> None:
        super().age(seconds)
        self.checks.age(seconds)

    def methods(self) -> dict[str, Handler]:
        return {CHECK: self._check, LIST_POLICIES: self._list_policies}

    async def live(self, span: Span) -> Lived:
        calls = arrivals(self.random, self.levers.requests_per_minute * share(self.settings, CHECK), span)
        share_on_it = self._let_through() if await self.flags.on("cascade_4layer") else 0.0
        lived = self.checks.lived(span, calls, share_on_it)
        denied = _portions([burst.calls for burst in lived.cascade], await self._deny_ratio())
        life = self.checks.life(lived, denied)
        life.grown[self.conflicts.name] = {(): await self._conflicts(span)}
        tripped_at = [at for at, trips in zip(span.times(), lived.trips, strict=True) if trips]
        if tripped_at:
            self.flags.refresh()
        return Lived(life, [_trip(at) for at in tripped_at])

    async def _check(self, request: CheckRequest, caller: Caller) -> Message:
        tenant = required_tenant(caller)
        question = Question(request.member_id, request.action, request.resource)
        cascade = not self.checks.breaker.tripped and await self.flags.on("cascade_4layer", tenant)
        cascade = cascade and self.random.random() < self._let_through()
        policies = [*await self._known(tenant), *self._wrong_policies()]
        decision = decide(policies, question, CASCADE_LAYERS if cascade else LEGACY_LAYERS)
        if self.checks.measure(decision):
            self.flags.refresh()
            trip = _trip(time.time())
            self.log.write(trip.level, trip.key, trip.msg, at=trip.at, **trip.fields)
        told = {} if cascade and self.levers.no_verdict else {"verdict": decision.verdict}
        return METHODS[CHECK].response(layers=decision.layers, matched_policy_id=decision.policy_id, **told)

    def _let_through(self) -> float:
        return 0.1 if self.levers.half_open else 1.0

    def _wrong_policies(self) -> list[Policy]:
        """Policies of a layer that only the cascade looks at."""
        return [Policy("", "member", "deny", self.levers.denies, kind) for kind in RESOURCES if self.levers.denies]

    async def _list_policies(self, request: PageRequest, caller: Caller) -> Message:
        tenant, asked = required_tenant(caller), page(request)
        found = await self._rows(
            "select id, name, layer, effect from policies where tenant_id = %s and id > %s order by id limit %s",
            (tenant, asked.after, asked.probe),
        )
        kept, token = asked.cut(found)
        policy = message_class("upsquad.governance.v1.Policy")
        policies = [policy(id=row[0], name=row[1], layer=row[2], effect=row[3]) for row in kept]
        return METHODS[LIST_POLICIES].response(policies=policies, next_page_token=token)

    async def _known(self, tenant: str) -> list[Policy]:
        until, policies = self._policies.get(tenant, (0.0, []))
        if time.monotonic() > until:
            found = await self._rows(
                "select id, layer, effect, action, resource from policies where tenant_id = %s", (tenant,)
            )
            policies = [Policy(*row) for row in found]
            self._policies[tenant] = (time.monotonic() + _POLICIES_KEPT_S, policies)
        return policies

    async def _deny_ratio(self) -> float:
        """Which share of the traffic's questions does the cascade deny? All questions are equally frequent."""
        wrong = self._wrong_policies()
        asked = [([*await self._known(tenant.id), *wrong], question) for tenant in TENANTS for question in _QUESTIONS]
        verdicts = [decide(policies, question, CASCADE_LAYERS).verdict for policies, question in asked]
        return verdicts.count("DENY") / len(asked) + self.levers.denied_more

    async def _conflicts(self, span: Span) -> list[int]:
        """Inserts what was detected in the span (the first one's rows are the seed's) and tells it by step."""
        each_step = (
            self.levers.conflicts_per_hour * span.step_s / 3600 / float(self.settings.peers.get("replicas", "1"))
        )
        detected = [int(each_step + self.random.random()) for _ in range(span.steps)]
        moments = [at for at, count in zip(span.times(), detected, strict=True) for _ in range(count)]
        if moments and not span.first:
            tenants = [self.random.choice(TENANTS).id for _ in moments]
            ids = [identity(self.settings.pod, at, index) for index, at in enumerate(moments)]
            await self._rows(_CONFLICTS_SQL, (ids, tenants, [datetime.fromtimestamp(at, UTC) for at in moments]))
        return detected

    async def _rows(self, sql: LiteralString, params: Sequence[object]) -> list[Row]:
        try:
            return await self.database.rows(sql, params)
        except psycopg.Error as error:
            raise RefusedError(grpc.StatusCode.INTERNAL, "the database did not answer") from error


def _trip(at: float) -> Line:
    settings = {"threshold_ms": THRESHOLD_S * 1000, "consecutive_minutes": CONSECUTIVE_MINUTES}
    return Line(at, "WARN", "governance.cascade.breaker.tripped", _TRIPPED, settings)


def _portions(counts: Sequence[int], ratio: float) -> list[int]:
    """Cuts a share out of each count so that the shares add up."""
    ends = [round(total * ratio) for total in accumulate(counts, initial=0)]
    return [after - before for before, after in pairwise(ends)]


if __name__ == "__main__":
    main(ContextEngine)
