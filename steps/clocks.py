"""Sentences about the clocks of servers."""

from flipgate.core.judgement import Judgement
from flipgate.gates import skew
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import given
from flipgate.probes.readings import skew as reading


@given("every server's clock is within {limit_s:duration} of this machine's")
def clocks_agree(scene: Scene, limit_s: float) -> Judgement:
    """Windows mean something only where clocks agree."""
    return skew.must_stay_within(scene.see(reading.skew(scene.systems)), limit_s=limit_s)
