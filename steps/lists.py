"""Sentences about what queue and lists show to whom."""

from flipgate.core.facts.lists import ListsReading, QueueReading
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import lists
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import lists as reading


@when("the queue is read at every replica as {role:name}")
def queue_read(scene: Scene, role: str) -> Observation[QueueReading]:
    """Each replica by itself, with the flags that it serves."""
    return reading.queue(scene.systems, role)


@when("the queue of {role:name} is read beside the rows of the workspace")
def queue_beside_rows(scene: Scene, role: str) -> Observation[QueueReading]:
    """The rows are counted right before and right after."""
    return reading.queue(scene.systems, role)


@when("the lists are read at every replica as {role:name}")
def lists_read(scene: Scene, role: str) -> Observation[ListsReading]:
    """Patches and requests for information, to their last page, beside the rows."""
    return reading.lists(scene.systems, (role,))


@when("the lists are read at every replica as {one:name}, {other:name} and {third:name}")
def lists_read_by_all(scene: Scene, one: str, other: str, third: str) -> Observation[ListsReading]:
    """Patches and requests for information, to their last page, beside the rows."""
    return reading.lists(scene.systems, (one, other, third))


@then("no replica fails")
def none_fails(its: Observation[QueueReading | ListsReading]) -> Judgement:
    """Not one answer is a server's error."""
    return lists.none_may_fail(its)


@then("its total is above {least:count}")
def total_above(its: Observation[QueueReading], least: int) -> Judgement:
    """At every replica, and something of it is shown."""
    return lists.total_must_be_above(its, least=least)


@then("its counts are within {within_ratio:percent} of the rows")
def counts_near(its: Observation[QueueReading], within_ratio: float) -> Judgement:
    """In all, patches, and requests for information; of the rows as they are now, not of a figure written down once."""
    return lists.counts_must_be_near_the_rows(its, within_ratio=within_ratio)


@then("{role:name} sees only what is theirs")
def sees_only_own(its: Observation[ListsReading], role: str) -> Judgement:
    """The analyst their own, the verifier what awaits a verifier; by the item's own word and by its row."""
    return lists.none_may_be_foreign(its, role=role)


@then("every role sees at least {least:count} item")
def sees_something(its: Observation[ListsReading], least: int) -> Judgement:
    """At every replica: an empty list obeys any rule."""
    return lists.each_must_show(its, least=least)


@then("every role sees what the database holds for it")
def sees_the_rows(its: Observation[ListsReading]) -> Judgement:
    """No row is left out, and nothing is added."""
    return lists.each_must_show_the_rows(its)


@then("every record is in the state of its row")
def in_state_of_row(its: Observation[ListsReading]) -> Judgement:
    """At every replica; a row that changed meanwhile is left out."""
    return lists.each_must_be_in_the_state_of_its_row(its)


@then("every answer comes from {source:name}")
def comes_from(its: Observation[QueueReading | ListsReading], source: str) -> Judgement:
    """By the answer's own word."""
    return lists.each_must_come_from(its, source=source)


@then("every answer comes from where the replica's flags say")
def comes_from_flags(its: Observation[QueueReading]) -> Judgement:
    """The database where its flag of reads is on, else its local copy."""
    return lists.each_must_come_from_where_its_flags_say(its)
