"""Sentences about what the suite writes itself: only with the environment's word, for its test record, for a while."""

from flipgate.core.facts.writes import Attempts, BatchReading, TransitionsReading
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import writes
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import workspace
from flipgate.probes.readings import writes as reading


@when("a patch is created and submitted")
def patch_written(scene: Scene) -> Observation[Attempts]:
    """By the analyst, for the test record; each write at the next replica in turn."""
    return reading.patch(scene.clock, scene.writes, scene.gate.id)


@when("a request for information goes through the custody matrix, role by role")
def custody_written(scene: Scene) -> Observation[Attempts]:
    """What each role may do is done, and what it may not is tried."""
    return reading.custody(scene.clock, scene.writes, scene.gate.id)


@when("a transition is tried with a stale version")
def stale_written(scene: Scene) -> Observation[Attempts]:
    """The version that the record had before it was moved on."""
    return reading.stale(scene.clock, scene.writes, scene.gate.id)


@when("the audit events of a patch and a request for information are read beside what was done to them")
def audit_written(scene: Scene) -> Observation[Attempts]:
    """Events of these very records, attempt by attempt; what others do meanwhile is not among them."""
    return reading.audited(scene.clock, scene.writes, scene.gate.id)


@then("every write was answered as the procedure wants it")
def answered_as_wanted(its: Observation[Attempts]) -> Judgement:
    """Made, or refused with the code of its reason."""
    return writes.each_must_be_answered_as_wanted(its)


@then("every version was bumped by one")
def versions_bumped(its: Observation[Attempts]) -> Judgement:
    """In the answer and in the row."""
    return writes.each_version_must_be_bumped(its)


@then("every row holds what was answered")
def rows_hold(its: Observation[Attempts]) -> Judgement:
    """State and version, right after each write."""
    return writes.each_row_must_hold_the_answer(its)


@then("what was refused left its row unchanged")
def rows_unchanged(its: Observation[Attempts]) -> Judgement:
    """Byte for byte, every column of it."""
    return writes.refused_must_leave_the_row(its)


@then("every write went to {source:name}")
def writes_went(its: Observation[Attempts], source: str) -> Judgement:
    """By the answer's own word."""
    return writes.each_must_come_from(its, source=source)


@then("every transition left one event")
def one_event_each(its: Observation[Attempts]) -> Judgement:
    """Of its record, its states, its version and its actor."""
    return writes.each_transition_must_leave_one_event(its)


@then("what was refused left none")
def no_event_refused(its: Observation[Attempts]) -> Judgement:
    """Whatever was tried in vain did not happen."""
    return writes.refused_must_leave_no_event(its)


@when("the newest {transitions:count} transitions since the flip of {flag:name} are read beside their audit events")
def transitions_read(scene: Scene, transitions: int, flag: str) -> Observation[TransitionsReading]:
    """By the rows of the workspace: the trail cannot tell of what it lacks."""
    return workspace.transitions(scene.systems, scene.since_flip(flag), transitions)


@then("each of the {transitions:count} transitions has one event")
def each_has_one_event(its: Observation[TransitionsReading], transitions: int) -> Judgement:
    """Of the same record, state and version."""
    return writes.each_of_the_newest_must_have_one_event(its, transitions=transitions)


@when("a batch of the same file and revision is sent twice")
def batch_sent(scene: Scene) -> Observation[BatchReading]:
    """A file of the test record, in a revision that nobody else has."""
    return reading.batches(scene.systems, scene.writes, scene.gate.id)


@then("the second is answered as a duplicate of the first")
def is_duplicate(its: Observation[BatchReading]) -> Judgement:
    """With the same id, and marked as one."""
    return writes.second_must_be_a_duplicate(its)


@then("the database holds one row for both")
def one_row(its: Observation[BatchReading]) -> Judgement:
    """The one that was answered."""
    return writes.database_must_hold_one_batch(its)
