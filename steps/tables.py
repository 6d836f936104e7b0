"""Sentences about the tables that a rollback stands on."""

from flipgate.core.facts.tables import LeverReading
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import lever
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import lever as reading


@when("the legacy tables are read beside their mirrors")
def tables_read(scene: Scene) -> Observation[LeverReading]:
    """Whether they exist, how many rows they have, how new the newest is."""
    return reading.lever(scene.systems)


@then("every legacy table exists")
def tables_exist(its: Observation[LeverReading]) -> Judgement:
    """Without them there is no way back."""
    return lever.legacy_tables_must_exist(its)


@then("no legacy table lags behind its mirror by more than {lag_s:duration}")
def tables_keep_up(its: Observation[LeverReading], lag_s: float) -> Judgement:
    """By their newest rows."""
    return lever.legacy_must_still_receive_writes(its, lag_s=lag_s)
