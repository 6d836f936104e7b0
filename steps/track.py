"""Sentences about the work that has to be merged and deployed."""

from flipgate.core.facts.tracker import TrackReading
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import backend_track
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import backend_track as reading


@when("the backend track of issues {first:count} to {last:count} is read")
def track_read(scene: Scene, first: int, last: int) -> Observation[TrackReading]:
    """The issues, the pull requests that closed them, and the commits that are deployed."""
    return reading.backend_track(scene.systems, first, last)


@then("each issue from {first:count} to {last:count} is closed by a merged pull request")
def issues_merged(its: Observation[TrackReading], first: int, last: int) -> Judgement:
    """Closed as completed; closed as not planned is no merge."""
    return backend_track.every_issue_must_be_merged(its, first=first, last=last)


@then("every deployment holds each of these merges")
def merges_deployed(its: Observation[TrackReading]) -> Judgement:
    """The merge commit is among the ancestors of the deployed one."""
    return backend_track.every_merge_must_be_deployed(its)
