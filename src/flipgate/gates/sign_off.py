"""Is a box of the sign-off list ticked: by what this environment's ledger holds, or by its owner's word?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flipgate.core.errors import visible
from flipgate.core.facts.sign_off import Attestation, StageEvidence
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.core.window import spoken
from flipgate.gates.claim import Claim, utc
from flipgate.gates.history import not_go, told, too_old


@gate
def stage_must_tick(its: Observation[StageEvidence], *, max_age_s: float) -> Judgement:
    """Was the newest run of the stage, in its place between the flips, a GO that nothing contradicts?

    It has to be fresh at the flip that ends its place; where none is to come, now.
    """
    evidence = its.value
    before = f' and before that of "{evidence.until.flag}"' if evidence.until else ""
    place = f'after the flip of "{evidence.since.flag}"{before}'
    claim = Claim(f'stage "{evidence.stage.stage}"', f"GO {place}, then at most {spoken(max_age_s)} old")
    if unmade := list(_unmade(claim, evidence)):
        return claim.against(unmade, fine="")
    moment = (evidence.until and evidence.until.at) or its.taken_at
    findings = [*not_go(claim, evidence.stage, moment), *too_old(claim, evidence.stage, moment, max_age_s)]
    return claim.against(findings, fine=told(evidence.stage))


@gate
def owner_must_have_attested(its: Observation[Attestation]) -> Judgement:
    """Has the owner of the box, or someone named for them, given their word, and does it still hold?

    It is never given by default; it ends with its date, and with the next flip.
    """
    word = its.value
    claim = Claim(f"box {word.box}, {word.owner}", "attested by a named person")
    if not word.by.strip() or word.at is None:
        return claim.hold(f"open: {word.owner} has not attested it")
    given = f"{visible(word.by)} at {utc(word.at)}"
    if word.at > its.taken_at:
        return claim.hold(f"attested in the future, at {utc(word.at)}")
    if word.expires is not None and word.expires <= its.taken_at:
        return claim.hold(f"stale: {given}, expired at {utc(word.expires)}; {word.owner} attests it anew")
    if word.flipped_at is not None and word.at <= word.flipped_at:
        return claim.hold(f"stale: {given}, before the flip at {utc(word.flipped_at)}; {word.owner} attests it anew")
    shown = f" (file {visible(word.proof)})" if word.proof else ""
    return claim.go(f"{given}: {visible(word.statement, 500)}{shown}")


@gate
def must_have_been_done_before_the_flip(its: Observation[Attestation], *, max_before_s: float) -> Judgement:
    """Does the word say that it was done before that flip, and not longer before than this?"""
    word, flip = its.value, its.value.beside
    claim = Claim(f"box {word.box}, {word.owner}", f"done before the flip, at most {spoken(max_before_s)}")
    if flip is None or flip.at is None or flip.value != "true":
        return claim.hold("when the flag was flipped is unknown")
    if word.done_at is None:
        return claim.hold("nobody says when it was done: flipgate attest … --when TIME")
    before_s = (flip.at - word.done_at).total_seconds()
    seen = f"done at {utc(word.done_at)}, flipped at {utc(flip.at)}"
    return claim.go(seen) if 0 < before_s <= max_before_s else claim.hold(seen)


@gate
def must_have_been_done_after_the_flip(its: Observation[Attestation], *, min_after_s: float) -> Judgement:
    """Does the word say that it was done at least so long after that flip?"""
    word, flip = its.value, its.value.beside
    claim = Claim(f"box {word.box}, {word.owner}", f"done at least {spoken(min_after_s)} after the flip")
    if flip is None or flip.at is None or flip.value != "true":
        return claim.hold("when the flag was flipped is unknown")
    if word.done_at is None:
        return claim.hold("nobody says when it was done: flipgate attest … --when TIME")
    seen = f"done at {utc(word.done_at)}, flipped at {utc(flip.at)}"
    if word.done_at > its.taken_at:
        return claim.hold(f"{seen}: in the future")
    return claim.go(seen) if word.done_at >= flip.at + timedelta(seconds=min_after_s) else claim.hold(seen)


def _unmade(claim: Claim, evidence: StageEvidence) -> Iterator[Judgement]:
    """What is wrong with the flips between which the stage has its place?"""
    flips = [flip for flip in (evidence.since, evidence.until) if flip]
    for flip in flips:
        if flip.value != "true" or flip.at is None:
            yield claim.hold(f'"{flip.flag}" is not flipped, or nobody knows when')
    made = [(flip.at, flip.flag) for flip in flips if flip.at]
    if made != sorted(made) or len({at for at, _ in made}) < len(made):
        told = " and then ".join(f'"{flag}" at {utc(at)}' for at, flag in made)
        yield claim.hold(f"the order is broken: flipped {told}")
