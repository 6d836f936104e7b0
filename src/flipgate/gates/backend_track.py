"""Is the work that the flip stands on merged, and is it in the build that runs?"""

from __future__ import annotations

from flipgate.core.errors import visible
from flipgate.core.facts.tracker import IssueState, TrackReading
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named


@gate
def every_issue_must_be_merged(its: Observation[TrackReading], *, first: int, last: int) -> Judgement:
    """Is each issue from the first to the last closed by a merged pull request?"""
    claim = Claim(f"issues #{first}–#{last}", "each closed by a merged pull request")
    wanted = range(first, last + 1)
    if not wanted:
        return claim.hold("no issue is named")
    issues = {issue.number: issue for issue in its.value.issues}
    findings = [claim.stop(fault) for number in wanted if number in issues and (fault := _undone(issues[number]))]
    if unseen := [f"#{number}" for number in wanted if number not in issues]:
        findings.append(claim.hold(f"not found in the tracker: {named(unseen)}"))
    if unmerged := [_title(issues[number]) for number in wanted if number in issues and _by_hand(issues[number])]:
        findings.append(claim.hold(f"closed, but no merged pull request closes it: {named(unmerged)}"))
    merges = [f"#{merge.number}" for number in wanted if number in issues for merge in issues[number].merges]
    return claim.against(findings, fine=f"{len(wanted)} of {len(wanted)}, by pull requests {named(merges)}")


@gate
def every_merge_must_be_deployed(its: Observation[TrackReading]) -> Judgement:
    """Does the commit that each deployment names hold every one of these merges?"""
    claim = Claim("deployed build", "holds every merge of the issues, in every deployment")
    reading = its.value
    merges = [(issue, merge) for issue in reading.issues for merge in issue.merges]
    deployments = reading.deployed_commit
    if not merges or not deployments:
        return claim.hold("no merge to look for" if not merges else "no deployment names its commit")
    findings = []
    if silent := [name for name, commit in deployments.items() if not commit]:
        findings.append(claim.hold(f"names no commit: {named(silent)}"))
    if unmerged := [_title(issue) for issue in reading.issues if not issue.merges]:
        findings.append(claim.hold(f"no merge to look for: {named(unmerged)}"))
    for name, commit in deployments.items():
        held = {merge.number: reading.contained.get(f"{name}:{merge.commit}") for _, merge in merges}
        if lacking := [f"#{number}" for number, is_held in held.items() if is_held is False]:
            findings.append(claim.stop(f"{visible(name)} at {visible(commit[:12])} lacks {named(lacking)}"))
        if unknown := [f"#{number}" for number, is_held in held.items() if is_held is None]:
            findings.append(claim.hold(f"unknown whether {visible(name)} holds {named(unknown)}"))
    running = named(f"{name} at {commit[:12]}" for name, commit in deployments.items())
    return claim.against(findings, fine=f"{len(merges)} merges in {running}")


def _undone(issue: IssueState) -> str:
    if issue.state == "open":
        return f"{_title(issue)} is open"
    return f"{_title(issue)} is closed as not planned" if issue.reason == "not_planned" else ""


def _by_hand(issue: IssueState) -> bool:
    return not _undone(issue) and (issue.state != "closed" or not issue.merges)


def _title(issue: IssueState) -> str:
    return f'#{issue.number} "{visible(issue.title, 60)}"'
