"""Sentences about open issues of the tracker."""

from flipgate.core.facts.tracker import OpenIssues
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import issues
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import open_issues as reading


@when("the open issues labelled {one:name} or {other:name} are read")
def issues_read(scene: Scene, one: str, other: str) -> Observation[OpenIssues]:
    """Every page of the list, label by label."""
    return reading.open_issues(scene.systems, (one, other))


@when("the open issues labelled {label:name} are read")
def issues_of_label_read(scene: Scene, label: str) -> Observation[OpenIssues]:
    """Every page of the list."""
    return reading.open_issues(scene.systems, (label,))


@then("none of its issues names {version:name}")
def none_names(its: Observation[OpenIssues], version: str) -> Judgement:
    """In title, label or body, with a leading v or without."""
    return issues.none_may_name(its, version=version)


@then("none of its issues is against {service:name}")
def none_against(its: Observation[OpenIssues], service: str) -> Judgement:
    """The service's name is in no title, label or body, whatever its case."""
    return issues.none_may_be_against(its, service=service)
