"""Sentences about flags, on every surface that holds one."""

from flipgate.core.facts.flags import Posture
from flipgate.core.facts.history import FlipHistory
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import elapsed, history, posture
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import given, then, when
from flipgate.probes.readings import boots as reading


@given("{flag:name} reads {value:truth}")
def flag_reads(scene: Scene, flag: str, value: bool) -> Judgement:  # noqa: FBT001  the sentence's own word
    """For the platform and every tenant, in Redis and the database, exactly so."""
    return posture.flag_must_read(scene.posture(), flag=flag, value=value)


@given("{length_s:duration} have passed since the flip of {flag:name}")
def time_has_passed(scene: Scene, length_s: float, flag: str) -> Judgement:
    """Since the flag took its present value; the moment comes from the database, the operator or the ledger."""
    return elapsed.must_have_passed(scene.flip(flag), length_s=length_s)


@given("{length_s:duration} have passed since the last flip back")
def time_has_passed_since_flip_back(scene: Scene, length_s: float) -> Judgement:
    """Since the newest change of any flag from true to false."""
    return elapsed.must_have_passed(scene.last_flip_back(), length_s=length_s)


@when("the flags are read on every surface")
def flags_read(scene: Scene) -> Observation[Posture]:
    """Redis and the database, the platform's and every tenant's."""
    return scene.posture()


@when("the flags are read on every surface and every replica")
def flags_read_with_replicas(scene: Scene) -> Observation[Posture]:
    """Redis, the database, and what each replica logged at boot."""
    return scene.posture(reading.boots(scene.systems, scene.run.runbook.flags))


@then("{flag:name} reads {value:truth}")
def its_flag_reads(its: Observation[Posture], flag: str, value: bool) -> Judgement:  # noqa: FBT001
    """For the platform and every tenant, on every surface that was read, exactly so."""
    return posture.flag_must_read(its, flag=flag, value=value)


@then("the flags stand in their order")
def in_order(its: Observation[Posture]) -> Judgement:
    """Those that read true come first; each reads alike on every surface."""
    return posture.flags_must_stand_in_order(its)


@then("nothing outranks the platform-wide key of {flag:name}")
def flip_wins(its: Observation[Posture], flag: str) -> Judgement:
    """A tenant's key and any database row would win over it."""
    return posture.flip_must_be_able_to_win(its, flag=flag)


@when("the flips so far are looked up")
def flips_looked_up(scene: Scene) -> Observation[FlipHistory]:
    """Every change of every flag that the ledger and the database know of."""
    return scene.recall.flips(scene.posture())


@then("every flag was flipped back in the reverse order of its flip")
def undone_in_reverse(its: Observation[FlipHistory]) -> Judgement:
    """What was flipped last goes back first."""
    return history.flips_must_be_undone_in_reverse(its)


@then("no other flag changed since the flip of {flag:name}")
def left_alone(its: Observation[FlipHistory], flag: str) -> Judgement:
    """Off and on again included, by the database and by what earlier runs saw."""
    return history.flags_must_have_been_left_alone(its, since_flip_of=flag)
