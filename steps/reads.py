"""Sentences about where reads come from."""

from flipgate.core.facts.reads import ReadsReading
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import reads
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import reads as reading


@when("every replica of {service:name} is asked {calls:count} times for the test org's teams")
def replicas_asked(scene: Scene, service: str, calls: int) -> Observation[ReadsReading]:
    """Each address by itself; then each replica's log lines for these calls, and the tables' scan counters."""
    return reading.reads(scene.systems, service, calls)


@when(
    "every replica of {service:name} is asked {calls:count} times for the test org's teams "
    "and its log of the last {length_s:duration} since the flip of {flag:name} is read"
)
def replicas_asked_and_logs_read(
    scene: Scene, service: str, calls: int, length_s: float, flag: str
) -> Observation[ReadsReading]:
    """As above, with whatever else each replica logged in that time; what is older than the flip does not count."""
    return reading.reads(scene.systems, service, calls, scene.since_flip(flag).last(length_s))


@when("every replica of {service:name} is asked {calls:count} times for the test org's teams, beside {flag:name}")
def replicas_asked_beside_flag(scene: Scene, service: str, calls: int, flag: str) -> Observation[ReadsReading]:
    """The same, beside the platform-wide value of the flag that names the tables."""
    return reading.reads_beside_flag(scene.systems, service, calls, scene.platform_value(flag))


@then("every replica reads the mirror tables")
def all_read_mirror(its: Observation[ReadsReading]) -> Judgement:
    """By its own log line for a call of ours."""
    return reads.every_replica_must_read_the_mirror(its)


@then("no error names the shim")
def no_error_of_the_shim(its: Observation[ReadsReading]) -> Judgement:
    """In its key or its message, on any replica."""
    return reads.no_error_may_name_the_shim(its)


@then("every replica reads the tables that the flag names")
def all_follow_flag(its: Observation[ReadsReading]) -> Judgement:
    """The mirror tables where it reads true, the legacy ones where it reads false."""
    return reads.every_replica_must_follow_the_flag(its)


@then("the mirror tables were scanned")
def mirror_scanned(its: Observation[ReadsReading]) -> Judgement:
    """The second witness: the database's own scan counters."""
    return reads.mirror_tables_must_be_scanned(its)
