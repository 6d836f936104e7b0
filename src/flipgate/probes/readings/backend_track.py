"""Is the work that the flips stand on merged and deployed?"""

from __future__ import annotations

from typing import Any

from flipgate.core.errors import NoData
from flipgate.core.facts.tracker import TrackReading
from flipgate.core.observation import Observation
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems


def backend_track(systems: Systems, first: int, last: int) -> Observation[TrackReading]:
    """What became of the issues from first to last, and does each deployment hold their merges?

    Shape:   a deployment that names no commit has ""; where the tracker cannot tell whether a commit holds a merge,
             `contained` has no entry.
    Errors:  NotConfigured, Unreachable, Malformed; Ambiguous while a roll-out is under way.
    """
    issues = systems.tracker.issues(range(first, last + 1))
    parts: list[Observation[Any]] = []
    deployed: dict[str, str] = {}
    for name in systems.block("org_v23", systems.environment.org_v23).deployments:
        deployed[name] = _commit(systems, name, parts)
    merges = {merge.commit for issue in issues.value for merge in issue.merges}
    pairs = {(commit, merge) for commit in deployed.values() for merge in merges if commit}
    held = {pair: answer for pair in sorted(pairs) if (answer := _contains(systems, pair, parts)) is not None}
    contained = {
        f"{name}:{merge}": held[commit, merge]
        for name, commit in deployed.items()
        for merge in merges
        if (commit, merge) in held
    }
    return joined(TrackReading(issues.value, deployed, contained), "issues", issues, *parts)


def _commit(systems: Systems, name: str, parts: list[Observation[Any]]) -> str:
    try:
        found = systems.kubernetes.deployment(name)
    except NoData:
        return ""
    parts.append(found)
    return found.value.commit


def _contains(systems: Systems, pair: tuple[str, str], parts: list[Observation[Any]]) -> bool | None:
    try:
        found = systems.tracker.contains(*pair)
    except NoData:
        return None
    parts.append(found)
    return found.value
