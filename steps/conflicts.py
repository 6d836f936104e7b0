"""Sentences about conflicts between policies."""

from flipgate.core.facts.conflicts import ConflictReading
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import conflicts
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import conflicts as reading


@when("the policy conflicts since the flip of {flag:name} are counted")
def conflicts_counted(scene: Scene, flag: str) -> Observation[ConflictReading]:
    """Rows by the time of their detection, beside the baseline's rate."""
    before = scene.recall.reference().conflicts_per_hour
    return reading.conflicts(scene.systems, scene.since_flip(flag), before)


@then("they are at most {factor:number} times the baseline's rate, or fewer than {rows:count} rows more")
def no_spike(its: Observation[ConflictReading], factor: float, rows: int) -> Judgement:
    """A handful of rows is no spike, however rare they were."""
    return conflicts.conflicts_must_not_spike(its, factor=factor, rows=rows)
