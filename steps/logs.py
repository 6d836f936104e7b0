"""Sentences about what replicas log."""

from flipgate.core.facts.logs import LogReading
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import logs
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import logs as reading


@when("the log of every replica over the last {length_s:duration} is read")
def logs_read(scene: Scene, length_s: float) -> Observation[LogReading]:
    """Every line since its process started is counted; errors of that time are named."""
    return reading.logs(scene.systems, scene.since(length_s))


@then("no line is an error")
def no_errors(its: Observation[LogReading]) -> Judgement:
    """Of level error or worse; a log without a line says nothing."""
    return logs.no_line_may_be_an_error(its)
