"""What do earlier stages and flips allow?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations, takewhile

from flipgate.core.facts.history import Flip, FlipHistory, StageResult
from flipgate.core.facts.traffic import Reference
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.window import spoken
from flipgate.gates.claim import Claim, named, numbered, utc

_NEVER = datetime.min.replace(tzinfo=UTC)


@gate
def stage_must_be_go(its: Observation[StageResult], *, max_age_s: float) -> Judgement:
    """Was the newest run of this stage, in this environment, a GO, and fresh at the moment that asks for it?"""
    stage, moment = its.value, its.value.asked_for or its.taken_at
    claim = Claim(f'stage "{stage.stage}"', f"GO, at most {spoken(max_age_s)} before {utc(moment)}")
    findings = [*not_go(claim, stage, moment), *too_old(claim, stage, moment, max_age_s)]
    return claim.against(findings, fine=f"{told(stage)}, {spoken(_age_s(stage, moment))} before")


@gate
def stage_must_be_go_in_the_window(its: Observation[StageResult]) -> Judgement:
    """Was the newest run of this stage a GO in the same change window as the moment that asks for it?"""
    stage, moment = its.value, its.value.asked_for or its.taken_at
    claim = Claim(f'stage "{stage.stage}"', f"GO in the change window of {utc(moment)}")
    findings = list(not_go(claim, stage, moment))
    if stage.window_opened_at is None:
        findings.append(claim.hold(f"no change window was open at {utc(moment)}"))
    elif stage.ended_at and stage.ended_at < stage.window_opened_at:
        findings.append(claim.hold(f"{told(stage)}, before that window opened at {utc(stage.window_opened_at)}"))
    return claim.against(findings, fine=told(stage))


@gate
def flips_must_be_undone_in_reverse(its: Observation[FlipHistory]) -> Judgement:
    """Were the flags flipped back in the exact reverse of the runbook's order?"""
    history = its.value
    claim = Claim("order of flipping back", f"the reverse of {named(history.order)}")
    if history.phase_3_begun:
        return claim.stop("Phase 3 has begun: the legacy tables are gone and no rollback exists")
    newest = [flip for flag in history.order if (flip := _last(history, flag))]
    back = [flip for flip in newest if went_back(flip, history)]
    findings = [*_out_of_order(claim, newest)]
    findings += [one for earlier, later in combinations(back, 2) for one in _order(claim, earlier, later)]
    if unknown := [flip.flag for flip in newest if flip.at is None or flip.value not in ("true", "false")]:
        findings.append(claim.hold(f"unknown when, or to which value, it was flipped: {named(unknown)}"))
    if not back:
        findings.append(claim.hold("no flag is known to have been flipped back"))
    told = sorted((flip.at, flip.flag) for flip in back if flip.at)
    return claim.against(findings, fine=named(f"{flag} at {utc(at)}" for at, flag in told))


@gate
def flags_must_have_been_left_alone(its: Observation[FlipHistory], *, since_flip_of: str) -> Judgement:
    """Has no flag changed since that flip, off and on again included? Earlier ones may not have: the order was broken.

    That flag itself is not judged: its newest flip is where the time begins anew.
    """
    history = its.value
    claim = Claim("flags left alone", f'no change since the flip of "{since_flip_of}"')
    began = _last(history, since_flip_of)
    if began is None or began.at is None or began.value != "true":
        return claim.hold(f'when "{since_flip_of}" was flipped is unknown')
    others = [(one, one.at) for one in history.flips if one.flag != since_flip_of and one.at]
    findings = [
        claim.stop(f'"{one.flag}" became {one.value} at {utc(at)} ({one.source})')
        for one, at in others
        if at > began.at
    ]
    if unknown := [flag for flag in history.order[1:] if not (last := _last(history, flag)) or not last.at]:
        findings.append(claim.hold(f"unknown when it was flipped: {named(unknown)}"))
    return claim.against(findings, fine=f"none since {utc(began.at)}")


@gate
def reference_must_be_complete(its: Observation[Reference], *, requests: int) -> Judgement:
    """Are there figures of the old path, over enough requests, for later stages to compare with?"""
    reference = its.value
    claim = Claim("reference figures", f"all there, over at least {numbered(requests, 'request')}")
    unfilled = [name for name, counts in reference.latency_counts.items() if not counts.get("+Inf", 0) > 0]
    faults = {
        f"only {numbered(reference.requests, 'request')}": not max(requests, 1) <= reference.requests < math.inf,
        f"{reference.errors:g} errors of {reference.requests:g} requests": not 0
        <= reference.errors
        <= reference.requests,
        "no latency series": not reference.latency_counts,
        f"no calls in {named(unfilled)}": bool(unfilled),
        f"{reference.conflicts_per_hour:g} policy conflicts an hour": not 0 <= reference.conflicts_per_hour < math.inf,
        "no row counts": not reference.rows,
        "all tables empty": bool(reference.rows) and not any(reference.rows.values()),
        "no scan counters": not reference.scans,
    }
    findings = [claim.hold(fault) for fault, is_so in faults.items() if is_so]
    figures = f"{numbered(reference.requests, 'request')}, {reference.errors:g} errors, {len(reference.rows)} tables"
    return claim.against(findings, fine=f"{figures}, {reference.conflicts_per_hour:g} policy conflicts an hour")


def _last(history: FlipHistory, flag: str) -> Flip | None:
    """The newest flip of a flag; one of unknown time may be the newest, so it wins.

    Sources repeat each other: of several that tell of one value, the ledger's, which saw it only later, comes last.
    """
    own = sorted((flip for flip in history.flips if flip.flag == flag), key=lambda flip: flip.at or _NEVER)
    if not own or own[0].at is None:
        return own[0] if own else None
    same = list(takewhile(lambda flip: flip.value == own[-1].value, reversed(own)))
    return next((flip for flip in same if flip.source != "ledger"), same[-1])


def went_back(flip: Flip, history: FlipHistory) -> bool:
    """Was the flag ever true? A database row that always said false tells of no flip."""
    was_true = any(other.flag == flip.flag and other.value == "true" for other in history.flips)
    return flip.value == "false" and (was_true or flip.source != "database" or flip.not_before is not None)


def _out_of_order(claim: Claim, newest: list[Flip]) -> Iterator[Judgement]:
    """Legal postures are the prefixes of the order: no flag may be true while an earlier one is false."""
    for earlier, later in combinations(newest, 2):
        if (earlier.value, later.value) == ("false", "true"):
            yield claim.stop(f'"{earlier.flag}" is false, while "{later.flag}" is still true')


def _order(claim: Claim, earlier: Flip, later: Flip) -> Iterator[Judgement]:
    if earlier.at is None or later.at is None or _surely_before(later.at, earlier):
        return
    if earlier.at == later.at and earlier.source == later.source == "process":
        return  # one restart took both back
    told = f'"{earlier.flag}" went back at {utc(earlier.at)}, "{later.flag}" at {utc(later.at)}'
    yield claim.stop(told) if _surely_before(earlier.at, later) else claim.hold(f"{told}: which came first is unknown")


def _surely_before(at: datetime, other: Flip) -> bool:
    """The ledger knows when it first saw a value: the flip lies between that and its last sight of the other value."""
    bound = other.not_before if other.source == "ledger" else other.at
    return bound is not None and (at <= bound if other.source == "ledger" else at < bound)


def not_go(claim: Claim, stage: StageResult, moment: datetime) -> Iterator[Judgement]:
    """What speaks against a run of a stage being a GO that counts at this moment?"""
    if not stage.verdict or stage.ended_at is None:
        yield claim.hold("it never ran to an end here")
        return
    if stage.verdict != "GO":
        yield claim.hold(told(stage))
    if stage.contradicted_by:
        yield claim.hold(f"{told(stage)}, contradicted by {named([stage.contradicted_by])}")
    if stage.ended_at > moment:
        yield claim.hold(f"{told(stage)}, after {utc(moment)}")


def too_old(claim: Claim, stage: StageResult, moment: datetime, max_age_s: float) -> Iterator[Judgement]:
    """Is a run of a stage no longer fresh at this moment?"""
    age_s = _age_s(stage, moment)
    if age_s > max_age_s:
        yield claim.hold(f"{told(stage)}, {spoken(age_s)} before: too old, run it again")


def _age_s(stage: StageResult, moment: datetime) -> float:
    return (moment - stage.ended_at).total_seconds() if stage.ended_at else 0.0


def told(stage: StageResult) -> str:
    """How is a run of a stage said?"""
    ended = utc(stage.ended_at) if stage.ended_at else "an unknown time"
    return f"{stage.verdict or 'no verdict'} at {ended} (run {named([stage.run])})"
