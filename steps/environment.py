"""Sentences about the environment itself: its name, its change window."""

from flipgate.core.facts.environment import ChangeWindow, Identity
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import authority, change_window
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import change_window as window_reading
from flipgate.probes.readings import identity as identity_reading


@when("the systems are asked which environment they belong to")
def systems_named(scene: Scene) -> Observation[Identity]:
    """Prometheus' external label, the namespace's label, the gateway's header."""
    return identity_reading.identity(scene.systems)


@then("the file and every system say {tier:name}")
def tier_is(its: Observation[Identity], tier: str) -> Judgement:
    """The declared tier and each name that a system gives itself."""
    return authority.tier_must_be(its, tier=tier)


@when("the agreed change window is looked up")
def change_window_looked_up(scene: Scene) -> Observation[ChangeWindow]:
    """The window that the environment's file agrees on, around now."""
    return window_reading.change_window(scene.systems)


@then("it is open now")
def window_open(its: Observation[ChangeWindow]) -> Judgement:
    """Local times, their zone's summer time and windows over midnight included."""
    return change_window.must_be_open(its)
