"""Sentences about drift between the legacy and the mirror tables."""

from flipgate.core.facts.drift import DriftHistory, DriftReading
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import drift, drift_history
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import drift as reading


@when("the open drift is read at the reconciler and over its last detect interval")
def open_drift(scene: Scene) -> Observation[DriftReading]:
    """The exporter's series now, Prometheus' over the interval, and how fresh the reconciler is."""
    return reading.drift(scene.systems)


@then("every series of it reads 0")
def every_series_zero(its: Observation[DriftReading]) -> Judgement:
    """At the exporter, now, with labels or without."""
    return drift.every_series_must_be_zero(its)


@then("every series of it read 0 over one whole detect interval")
def zero_for_an_interval(its: Observation[DriftReading]) -> Judgement:
    """At every scrape, without a gap."""
    return drift.must_have_been_zero_for_an_interval(its)


@then("every tenant has a series of it")
def every_tenant_watched(its: Observation[DriftReading]) -> Judgement:
    """Every tenant of the database."""
    return drift.every_tenant_must_have_a_series(its)


@then("its last pass is at most {intervals:number} detect intervals old")
def reconciler_fresh(its: Observation[DriftReading], intervals: float) -> Judgement:
    """A stale exporter reports 0 for ever."""
    return drift.reconciler_must_be_fresh(its, intervals=intervals)


@then("its detect interval is the one that is deployed")
def interval_agrees(its: Observation[DriftReading]) -> Judgement:
    """The environment file's and the deployment's."""
    return drift.interval_must_agree(its)


@when("the open drift since the flip of {flag:name} is read")
def drift_since_flip(scene: Scene, flag: str) -> Observation[DriftHistory]:
    """Every sample that Prometheus kept, of every tenant and table."""
    return reading.drift_history(scene.systems, scene.since_flip(flag))


@then("it was 0 for every tenant with no more than {missed:count} scrapes missed in a row")
def zero_throughout(its: Observation[DriftHistory], missed: int) -> Judgement:
    """At every scrape, whichever process exported it."""
    return drift_history.must_have_been_zero_throughout(its, missed=missed)
