"""Sentences about the boxes of the sign-off list."""

from flipgate.core.facts.history import StageResult
from flipgate.core.facts.sign_off import Attestation, StageEvidence
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import history, sign_off
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when


@when("the newest run of {stage:name} before the flip of {flag:name} is looked up")
def run_before_flip(scene: Scene, stage: str, flag: str) -> Observation[StageResult]:
    """In this environment's ledger."""
    return scene.stage_before(stage, flag)


@when("the newest run of {stage:name} between the flips of {flag:name} and {later:name} is looked up")
def run_between_flips(scene: Scene, stage: str, flag: str, later: str) -> Observation[StageEvidence]:
    """In this environment's ledger."""
    return scene.recall.stage_between(stage, scene.flip(flag).value, scene.flip(later).value)


@when("the newest run of {stage:name} since the flip of {flag:name} is looked up")
def run_since_flip(scene: Scene, stage: str, flag: str) -> Observation[StageEvidence]:
    """In this environment's ledger."""
    return scene.recall.stage_between(stage, scene.flip(flag).value, None)


@then("it was GO at most {max_age_s:duration} before that flip")
def was_go_before(its: Observation[StageResult], max_age_s: float) -> Judgement:
    """And nothing contradicts it."""
    return history.stage_must_be_go(its, max_age_s=max_age_s)


@then("it was GO at most {max_age_s:duration} before the later flip")
def was_go_before_later(its: Observation[StageEvidence], max_age_s: float) -> Judgement:
    """In its own place between the flips, which were made in their order."""
    return sign_off.stage_must_tick(its, max_age_s=max_age_s)


@then("it was GO in the last {max_age_s:duration}")
def was_go_lately(its: Observation[StageEvidence], max_age_s: float) -> Judgement:
    """After the flip that it speaks of."""
    return sign_off.stage_must_tick(its, max_age_s=max_age_s)


@when("the word of {owner:name} on box {box:count} is looked up")
def word_looked_up(scene: Scene, owner: str, box: int) -> Observation[Attestation]:
    """In this environment's ledger, beside the newest change of any flag."""
    return scene.word(box, owner)


@when("the word of {owner:name} on box {box:count} is looked up beside the flip of {flag:name}")
def word_beside_flip(scene: Scene, owner: str, box: int, flag: str) -> Observation[Attestation]:
    """In this environment's ledger, beside the newest change of any flag and of this one."""
    return scene.word_beside_flip(box, owner, flag)


@then("it was done at most {max_before_s:duration} before that flip")
def done_before(its: Observation[Attestation], max_before_s: float) -> Judgement:
    """By the word's own time; what came after the flip came too late."""
    return sign_off.must_have_been_done_before_the_flip(its, max_before_s=max_before_s)


@then("it was done at least {min_after_s:duration} after that flip")
def done_after(its: Observation[Attestation], min_after_s: float) -> Judgement:
    """By the word's own time."""
    return sign_off.must_have_been_done_after_the_flip(its, min_after_s=min_after_s)


@then("a named person attested it")
def attested(its: Observation[Attestation]) -> Judgement:
    """Never by default; until it expires, or a flag changes."""
    return sign_off.owner_must_have_attested(its)
