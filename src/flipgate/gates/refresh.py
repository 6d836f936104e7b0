"""Does the refresh of the flag caches refuse whom it has to, and did the operator's leave its audit row?"""

from __future__ import annotations

from itertools import pairwise

from flipgate.core.errors import visible
from flipgate.core.facts.routes import AuditRow, RefreshReading, RouteAnswer
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.window import spoken
from flipgate.gates.claim import Claim, named, numbered, utc

# Runbook §13.1 and §13.4.
KIND, SURFACE, CLEARANCE = "config.refresh", "v23-feature-flags", 100


@gate
def must_refuse_the_unknown(its: Observation[RefreshReading], *, status: int) -> Judgement:
    """Does the refresh refuse a call without a token, with this status and its code?"""
    return _refused("a refresh without a token", its.value.without_token, status, "UNAUTHORIZED")


@gate
def must_refuse_low_clearance(its: Observation[RefreshReading], *, status: int) -> Judgement:
    """Does the refresh refuse a user of low clearance, with this status and its code?"""
    return _refused(f"a refresh below clearance {CLEARANCE}", its.value.low_clearance, status, "INSUFFICIENT_CLEARANCE")


@gate
def audit_rows_must_be_in_shape(its: Observation[RefreshReading]) -> Judgement:
    """Is there an audit row since the flip, and has each the shape of §13.4?"""
    claim = Claim("audit of the refresh", f"a row {KIND}, {SURFACE}, by a user of clearance {CLEARANCE}")
    if not its.value.rows:
        return claim.hold("no row since the flip: refresh (§13.3), or find out why the audit writer lost it")
    findings = [claim.hold(f"misshapen: {_row(row)}") for row in its.value.rows if not _in_shape(row)]
    return claim.against(findings, fine=named(map(_row, its.value.rows)))


@gate
def audit_rows_must_be_apart(its: Observation[RefreshReading], *, apart_s: float) -> Judgement:
    """Has each refresh exactly one row? Two of one user within this time are one refresh told twice."""
    claim = Claim("audit of the refresh", f"one row each; rows of one user are at least {spoken(apart_s)} apart")
    if not its.value.rows:
        return claim.hold("no row since the flip")
    rows = sorted(its.value.rows, key=lambda row: (row.actor_user_id, row.created_at))
    findings = [
        claim.hold(f"doubled: {_row(one)} and {_row(other)}")
        for one, other in pairwise(rows)
        if one.actor_user_id == other.actor_user_id and (other.created_at - one.created_at).total_seconds() < apart_s
    ]
    return claim.against(findings, fine=numbered(len(rows), "row"))


def _refused(subject: str, answer: RouteAnswer, status: int, code: str) -> Judgement:
    claim = Claim(subject, f"refused with {status} {code}")
    told = f"{answer.status} {answer.code or answer.content_type}: {answer.detail}" if answer.status else answer.detail
    seen = told or "nothing was answered"
    if (answer.status, answer.code) == (status, code):
        return claim.go(seen)
    return claim.stop(f"let in: {seen}") if 200 <= answer.status < 300 else claim.hold(seen)


def _in_shape(row: AuditRow) -> bool:
    return (
        (row.audit_kind, row.surface) == (KIND, SURFACE)
        and bool(row.actor_user_id)
        and row.actor_clearance >= CLEARANCE
    )


def _row(row: AuditRow) -> str:
    actor = visible(row.actor_user_id) or "nobody"
    told = f"{visible(row.audit_kind)} {visible(row.surface)} by {actor} of clearance {row.actor_clearance}"
    return f"{told} at {utc(row.created_at)}, {visible(row.reason)!r}"
