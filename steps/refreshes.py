"""Sentences about the refresh of the flag caches."""

from flipgate.core.facts.routes import RefreshReading
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import refresh
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import refresh as reading


@when("the refresh of the flag caches and its audit since the flip of {flag:name} are read")
def refresh_read(scene: Scene, flag: str) -> Observation[RefreshReading]:
    """How it refuses, without a token and with the suite's own; and the rows of refreshes since that flip."""
    return reading.refresh(scene.systems, scene.flip(flag).value)


@then("it answers {status:count} without a token")
def refuses_unknown(its: Observation[RefreshReading], status: int) -> Judgement:
    """With the code UNAUTHORIZED."""
    return refresh.must_refuse_the_unknown(its, status=status)


@then("it answers {status:count} to a user of low clearance")
def refuses_low_clearance(its: Observation[RefreshReading], status: int) -> Judgement:
    """With the code INSUFFICIENT_CLEARANCE, to the suite's own token."""
    return refresh.must_refuse_low_clearance(its, status=status)


@then("the operator's refresh left an audit row of the agreed shape")
def audit_in_shape(its: Observation[RefreshReading]) -> Judgement:
    """Kind, surface, user and clearance as in §13.4."""
    return refresh.audit_rows_must_be_in_shape(its)


@then("no two audit rows of one user are less than {apart_s:duration} apart")
def audit_once(its: Observation[RefreshReading], apart_s: float) -> Judgement:
    """Each refresh leaves exactly one: a second one as near is the same refresh told twice."""
    return refresh.audit_rows_must_be_apart(its, apart_s=apart_s)
