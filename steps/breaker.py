"""Sentences about the breaker that takes a replica off the cascade."""

from flipgate.core.facts.breaker import BreakerReading
from flipgate.core.facts.series import SeriesSet
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.core.window import Window
from flipgate.gates import breaker
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import breaker as reading


@when("the breaker of every replica since the flip of {flag:name} is read")
def breaker_read(scene: Scene, flag: str) -> Observation[BreakerReading]:
    """Its counter, sample by sample, and the log of every replica, beside what the flag reads."""
    return reading.breaker(scene.systems, scene.since_flip(flag), scene.platform_value(flag))


@when(
    "the breaker of every replica over the last {length_s:duration} is read, and its log since the flip of {flag:name}"
)
def breaker_read_with_log(scene: Scene, length_s: float, flag: str) -> Observation[BreakerReading]:
    """The counter's value tells of all trips since its process began, the log of those before."""
    window, since = Window.before(scene.clock.now(), length_s), scene.since_flip(flag).start
    return reading.breaker(scene.systems, window, scene.platform_value(flag), since)


@then("it has not tripped")
def not_tripped(its: Observation[BreakerReading]) -> Judgement:
    """By counter and by log, before a restart too."""
    return breaker.breaker_must_not_have_tripped(its)


@then("no replica reports a trip while the flag reads true")
def no_trip_behind_the_flag(its: Observation[BreakerReading]) -> Judgement:
    """The counter of a process that runs now: its own breaker wins over every surface."""
    return breaker.flag_must_not_hide_a_trip(its)


@then(
    "its minutes above {limit_ms:ms} are fewer than {minutes:count} in a row on every replica, "
    "without minutes of fewer than {minute_samples:count} calls"
)
def distance_kept(its: Observation[SeriesSet], limit_ms: float, minutes: int, minute_samples: int) -> Judgement:
    """Each replica's minutes, played through the rule of its breaker."""
    return breaker.breaker_must_have_kept_its_distance(
        its, limit_ms=limit_ms, minutes=minutes, minute_samples=minute_samples
    )
