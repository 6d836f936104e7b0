"""Sentences about the daily reconciliation reports."""

from flipgate.core.facts.reports import ReportFolder
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import reports
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import reports as reading


@when("the reconciliation reports of the last {days:count} days are read")
def reports_read(scene: Scene, days: int) -> Observation[ReportFolder]:
    """One file for each UTC day, parsed; beside them when the database's tenants were created."""
    return reading.reports(scene.systems, days)


@then("{days:count} consecutive days ending today passed")
def days_passed(its: Observation[ReportFolder], days: int) -> Judgement:
    """Each day's gate is PASS over drift figures of zero."""
    return reports.days_must_pass(its, days=days)


@then("tenants were scanned on each of the {days:count} days on which any existed")
def tenants_scanned(its: Observation[ReportFolder], days: int) -> Judgement:
    """A day that scanned nothing proves nothing, unless there was nothing to scan."""
    return reports.tenants_must_have_been_scanned(its, days=days)


@then("each of the {days:count} reports is of its own day")
def own_day(its: Observation[ReportFolder], days: int) -> Judgement:
    """No copy of another day's, none from the future."""
    return reports.each_must_be_of_its_day(its, days=days)


@then("each of the {days:count} reports is of this environment")
def own_environment(its: Observation[ReportFolder], days: int) -> Judgement:
    """None says that it is another environment's."""
    return reports.each_must_be_of_the_environment(its, days=days)


@then("each of its reports is of this environment")
def each_own_environment(its: Observation[ReportFolder]) -> Judgement:
    """None says that it is another environment's."""
    return reports.each_must_be_of_the_environment(its, days=its.value.days)


@then("the banner agrees with the tables of all {days:count} days")
def banner_agrees(its: Observation[ReportFolder], days: int) -> Judgement:
    """The MET banner is there, and every table bears it out."""
    return reports.banner_must_agree(its, days=days)


@when("the reconciliation reports since the flip of {flag:name} are read")
def reports_since_flip(scene: Scene, flag: str) -> Observation[ReportFolder]:
    """One file for each UTC day from the day of the flip to today."""
    return reading.reports_since(scene.systems, scene.since_flip(flag))


@then("each of its days passed")
def each_day_passed(its: Observation[ReportFolder]) -> Judgement:
    """Each day's gate is PASS over drift figures of zero."""
    return reports.days_must_pass(its, days=its.value.days)


@then("each of its reports is of its own day")
def each_own_day(its: Observation[ReportFolder]) -> Judgement:
    """No copy of another day's, none from the future."""
    return reports.each_must_be_of_its_day(its, days=its.value.days)


@then("tenants were scanned on each of its days on which any existed")
def scanned_each_day(its: Observation[ReportFolder]) -> Judgement:
    """A day that scanned nothing proves nothing, unless there was nothing to scan."""
    return reports.tenants_must_have_been_scanned(its, days=its.value.days)
