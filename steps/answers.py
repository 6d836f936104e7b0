"""Sentences about what the services answer, tenant by tenant."""

from flipgate.core.facts.parity import CaptureReading, ParityReading
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import parity
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import parity as reading


@when("the answers of every tenant are captured")
def answers_captured(scene: Scene) -> Observation[CaptureReading]:
    """ListTeams, ListMembers and the org chart of every tenant, kept with this run."""
    return reading.capture(scene.systems, scene.file("baseline.jsonl"))


@then("they hold every listing of every tenant")
def capture_whole(its: Observation[CaptureReading]) -> Judgement:
    """Nothing missing, and the test org not empty."""
    return parity.capture_must_be_whole(its)


@when("the answers of every tenant are compared with the baseline")
def answers_compared(scene: Scene) -> Observation[ParityReading]:
    """Every address is asked; the newest green baseline of this environment is compared with."""
    return reading.parity(scene.systems, scene.recall.captured())


@then("{listing:name} equals the baseline")
def listing_equal(its: Observation[ParityReading], listing: str) -> Judgement:
    """Record by record, byte by byte, whatever the order."""
    return parity.must_equal_the_baseline(its, listing=listing)


@then("the test org's teams are as many as its legacy rows")
def rows_equal(its: Observation[ParityReading]) -> Judgement:
    """At every address."""
    return parity.row_count_must_equal_legacy(its)
