"""Sentences about stages that were run before."""

from flipgate.core.judgement import Judgement
from flipgate.gates import history
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import given


@given("the stage {stage:name} was GO at most {max_age_s:duration} before the flip of {flag:name}")
def stage_was_go(scene: Scene, stage: str, max_age_s: float, flag: str) -> Judgement:
    """The newest run of the stage before that flip, in this environment."""
    return history.stage_must_be_go(scene.stage_before(stage, flag), max_age_s=max_age_s)


@given("the stage {stage:name} was GO in the last {max_age_s:duration}")
def stage_was_go_lately(scene: Scene, stage: str, max_age_s: float) -> Judgement:
    """The newest run of the stage, in this environment."""
    return history.stage_must_be_go(scene.stage_so_far(stage), max_age_s=max_age_s)


@given("the stage {stage:name} was GO in the change window of the flip of {flag:name}")
def stage_was_go_in_window(scene: Scene, stage: str, flag: str) -> Judgement:
    """The newest run of the stage before that flip, not older than the change window that was open then."""
    return history.stage_must_be_go_in_the_window(scene.stage_before(stage, flag))
