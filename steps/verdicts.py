"""Sentences about what governance allows and denies."""

from flipgate.core.facts.verdicts import DenyReading, VerdictReading, VerdictSample
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import verdicts
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import verdicts as reading


@when("the verdicts of {checks:count} checks over all tenants are captured")
def verdicts_captured(scene: Scene, checks: int) -> Observation[VerdictSample]:
    """One member of each tenant, the environment's actions on its resources, at every address; fewer if there are."""
    return reading.capture(scene.systems, checks)


@then("they are at least {checks:count}, some allowed and some denied")
def sample_tells(its: Observation[VerdictSample], checks: int) -> Judgement:
    """A sample of one verdict alone would not show a change."""
    return verdicts.sample_must_tell_verdicts_apart(its, checks=checks)


@when("the checks of the baseline are asked again at every address")
def checks_asked_again(scene: Scene) -> Observation[VerdictReading]:
    """Those of the newest green baseline of this environment."""
    return reading.compare(scene.systems, scene.recall.verdict_sample())


@then("every verdict is the baseline's")
def verdicts_equal(its: Observation[VerdictReading]) -> Judgement:
    """Allowed stays allowed, denied stays denied."""
    return verdicts.verdicts_must_equal_the_baseline(its)


@then("every answer took {layers:count} layers")
def answers_took(its: Observation[VerdictReading], layers: int) -> Judgement:
    """By each answer's own word."""
    return verdicts.answers_must_take_layers(its, layers=layers)


@when("the verdicts of the cascade since the flip of {flag:name} are read")
def cascade_verdicts(scene: Scene, flag: str) -> Observation[DenyReading]:
    """The cascade's own counter, beside the captured checks."""
    return reading.denied(scene.systems, scene.since_flip(flag), scene.recall.verdict_sample())


@then(
    "its share of deny is at most {points:number} percentage points above the captured checks', "
    "over at least {evaluations:count} verdicts"
)
def deny_share(its: Observation[DenyReading], points: float, evaluations: int) -> Judgement:
    """All replicas together."""
    return verdicts.deny_share_must_not_rise(its, points=points, evaluations=evaluations)
