"""Sentences about the path that a check takes: three layers, or the cascade's four."""

from flipgate.core.facts.series import SeriesSet
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.gates import paths
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import paths as reading


@when("the checks of every replica over the last {length_s:duration} are counted by their layers")
def checks_by_layers(scene: Scene, length_s: float) -> Observation[SeriesSet]:
    """The counts of the latency histogram, whose label tells the path."""
    return reading.paths(scene.systems, Window.before(scene.clock.now(), length_s))


@then("at least {checks:count} take four layers and none takes three, on every replica")
def cascade_takes_the_traffic(its: Observation[SeriesSet], checks: int) -> Judgement:
    """A replica whose flag cache is old, or whose breaker has tripped, still takes three."""
    return paths.cascade_must_take_the_traffic(its, checks=checks)
