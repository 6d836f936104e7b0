"""Which issues are done, by which merge, is that merge deployed, and which issues are open?"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Merge:
    """A merged pull request that closes an issue. `commit` is the merge commit."""

    number: int
    commit: str


@dataclass(frozen=True)
class IssueState:
    """One issue. state "open" or "closed"; reason as the tracker gives it ("completed", "not_planned", "")."""

    number: int
    title: str
    state: str
    reason: str
    merges: tuple[Merge, ...]


@dataclass(frozen=True)
class TrackReading:
    """Issues, the commit that is deployed, and whether each merge is among its ancestors.

    deployed_commit  by deployment: the commit it names.
    contained        by "<deployment>:<merge commit>": does the deployed commit hold it?
    """

    issues: tuple[IssueState, ...]
    deployed_commit: dict[str, str]
    contained: dict[str, bool]


@dataclass(frozen=True)
class OpenIssue:
    """One open issue.

    mentions  what ends in "service" in its title, labels and body: up to 24 letters and digits before that word and the
              word itself, in lower case, without blanks and hyphens ("seetheorgunitservice").
    versions  the versions that title, labels and body name, without a leading v ("2.54.1").
    """

    number: int
    title: str
    labels: tuple[str, ...]
    mentions: tuple[str, ...]
    versions: tuple[str, ...] = ()


@dataclass(frozen=True)
class OpenIssues:
    """All open issues that carry one of these labels, by number."""

    labels: tuple[str, ...]
    issues: tuple[OpenIssue, ...]
