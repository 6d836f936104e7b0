"""Sentences about the portal's flows, end to end."""

from flipgate.core.facts.end_to_end import EndToEnd
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import end_to_end
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import end_to_end as reading


@when("{first:name}, {second:name}, {third:name} and {fourth:name} are called for the test org over Connect and gRPC")
def called_both_ways(scene: Scene, first: str, second: str, third: str, fourth: str) -> Observation[EndToEnd]:
    """With the token through the gateway, and at every address of the service; all pages."""
    return reading.end_to_end(scene.systems, (first, second, third, fourth))


@then("every call succeeds")
def all_succeed(its: Observation[EndToEnd]) -> Judgement:
    """With any number of records, none included; a refused token holds."""
    return end_to_end.every_call_must_succeed(its)


@then("both ways answer the same records")
def all_agree(its: Observation[EndToEnd]) -> Judgement:
    """Record by record, whatever the order, at every address."""
    return end_to_end.answers_must_agree(its)
