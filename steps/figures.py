"""Sentences about the figures of the old path."""

from flipgate.core.facts.traffic import Reference
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.gates import history
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import reference as reading


@when("the figures of the last {length_s:duration} are captured")
def figures_captured(scene: Scene, length_s: float) -> Observation[Reference]:
    """Requests, errors, latency by bucket, conflicts an hour, row counts, scans."""
    return reading.reference(scene.systems, Window.before(scene.clock.now(), length_s))


@then("they rest on at least {requests:count} requests")
def figures_complete(its: Observation[Reference], requests: int) -> Judgement:
    """Enough to compare with later."""
    return history.reference_must_be_complete(its, requests=requests)
