"""Which issues are done, by which merge, and is that merge in a build?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from flipgate.config.environment import Tracker as TrackerBlock
from flipgate.core.clock import Clock
from flipgate.core.errors import Malformed, NoData, visible
from flipgate.core.facts.tracker import IssueState, Merge, OpenIssue, OpenIssues
from flipgate.core.observation import Observation
from flipgate.safety.http import Door

SOURCE = "tracker"
_PAGE = "100"
_REF = r"[0-9A-Za-z][0-9A-Za-z_-]*(?:\.[0-9A-Za-z_-]+)*"
_CLOSING = r"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+(?:{repository})?#{number}\b"

_SERVICE = re.compile(r"(?<=service)")
_VERSION = re.compile(r"(?<![\d.])\d+(?:\.\d+)+(?!\d|\.\d)")
_MENTIONED = 24 + len("service")

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Repository(msgspec.Struct):
    full_name: str = ""


class _PullMark(msgspec.Struct):
    merged_at: Moment | None = None


class _Label(msgspec.Struct):
    name: str


class _Issue(msgspec.Struct):
    number: int
    title: str
    state: Literal["open", "closed"]
    created_at: Moment
    closed_at: Moment | None = None
    body: str | None = None
    labels: tuple[_Label, ...] = ()
    state_reason: str | None = None
    pull_request: _PullMark | None = None
    repository: _Repository | None = None


class _Source(msgspec.Struct):
    issue: _Issue | None = None


class _Event(msgspec.Struct):
    event: str = ""
    commit_id: str | None = None
    source: _Source | None = None


class _Pull(msgspec.Struct):
    number: int
    updated_at: Moment
    merged_at: Moment | None
    merge_commit_sha: str | None
    body: str | None = None


class _Comparison(msgspec.Struct):
    status: Literal["ahead", "behind", "diverged", "identical"]


class Tracker:
    """One repository of one tracker (GitHub REST v3). Errors of all questions: Unreachable, Malformed."""

    def __init__(self, block: TrackerBlock, clock: Clock) -> None:
        self._clock, self._repository = clock, block.repository
        self._base = f"/repos/{block.repository}"
        paths = rf"{re.escape(self._base)}/(issues(/\d+(/timeline)?)?|pulls|compare/{_REF}\.\.\.{_REF})"
        self._door = Door(SOURCE, block.url, paths, block.token)

    def issues(self, numbers: Sequence[int]) -> Observation[tuple[IssueState, ...]]:
        """What became of these issues, and which merged pull requests close them?

        Shape:   in the order asked; a number that the tracker does not know is left out.
        """
        asked: list[str] = []
        found = [issue for number in numbers for issue in self._issue(number, asked)]
        pulls = self._merged_since(min((issue.created_at for issue in found), default=None), asked)
        states = tuple(self._state(issue, pulls, asked) for issue in found)
        return Observation(states, "issues", SOURCE, tuple(asked), self._clock.now())

    def open_issues(self, labels: Sequence[str]) -> Observation[OpenIssues]:
        """Which issues are open that carry one of these labels, and which services does each mention?

        Shape:   by number, each once; pull requests are no issues. Every page is read, of the list and not of the
                 search: the search's index lags behind, and ends at a thousand.
        """
        asked: list[str] = []
        found: dict[int, OpenIssue] = {}
        for label in labels:
            of_label = {"state": "open", "labels": label, "per_page": _PAGE}
            for reply in self._door.pages(f"{self._base}/issues", of_label):
                asked.append(reply.asked)
                opened = [one for one in reply.json(list[_Issue]) if one.state == "open" and one.pull_request is None]
                found |= {one.number: _open_issue(one) for one in opened}
        issues = tuple(found[number] for number in sorted(found))
        return Observation(OpenIssues(tuple(labels), issues), "issues", SOURCE, tuple(asked), self._clock.now())

    def contains(self, deployed: str, merge: str) -> Observation[bool]:
        """Has the deployed commit this merge among its ancestors? Errors: NoData where it knows one of them not."""
        for name in (deployed, merge):
            if not re.fullmatch(_REF, name):
                raise Malformed(SOURCE, f"{visible(name)!r} names no commit")
        reply = self._door.get(f"{self._base}/compare/{merge}...{deployed}", {"per_page": "1"})
        is_ancestor = reply.json(_Comparison).status in ("ahead", "identical")
        return Observation(is_ancestor, "commits", SOURCE, (reply.asked,), self._clock.now())

    def _issue(self, number: int, asked: list[str]) -> Iterator[_Issue]:
        try:
            reply = self._door.get(f"{self._base}/issues/{number}")
        except NoData as absent:
            asked.append(absent.asked)
            return
        asked.append(reply.asked)
        issue = reply.json(_Issue)
        if issue.number != number:
            raise reply.malformed(f"asked for #{number}, it answers #{issue.number}")
        yield issue

    def _merged_since(self, first: datetime | None, asked: list[str]) -> list[_Pull]:
        """Newest first, no further than the oldest issue: what was last touched before it opened cannot close it."""
        if first is None:
            return []
        newest_first = {"state": "closed", "sort": "updated", "direction": "desc", "per_page": _PAGE}
        merged: list[_Pull] = []
        for reply in self._door.pages(f"{self._base}/pulls", newest_first):
            asked.append(reply.asked)
            page = reply.json(list[_Pull])
            merged += [pull for pull in page if pull.merged_at and pull.merge_commit_sha]
            if page and all(pull.updated_at < first for pull in page):
                break
        return merged

    def _state(self, issue: _Issue, merged: list[_Pull], asked: list[str]) -> IssueState:
        events: list[_Event] = []
        for reply in self._door.pages(f"{self._base}/issues/{issue.number}/timeline", {"per_page": _PAGE}):
            asked.append(reply.asked)
            events += reply.json(list[_Event])
        closing = [pull for pull in merged if self._closes(pull, issue, events)] or [
            pull for pull in merged if self._mentions(pull, issue, events)
        ]
        merges = tuple(Merge(pull.number, pull.merge_commit_sha or "") for pull in closing)
        return IssueState(issue.number, issue.title, issue.state, issue.state_reason or "", merges)

    def _closes(self, pull: _Pull, issue: _Issue, events: list[_Event]) -> bool:
        commits = {event.commit_id for event in events if event.event == "closed"}
        keyword = _CLOSING.format(repository=re.escape(self._repository), number=issue.number)
        return pull.merge_commit_sha in commits or bool(re.search(keyword, pull.body or "", re.IGNORECASE))

    def _mentions(self, pull: _Pull, issue: _Issue, events: list[_Event]) -> bool:
        """The weakest tie, asked last: a pull request of ours mentions the issue, and was merged before it closed."""
        sources = [event.source.issue for event in events if event.event == "cross-referenced" and event.source]
        ours = {one.number for one in sources if one and one.pull_request and self._is_ours(one)}
        return bool(pull.number in ours and issue.closed_at and pull.merged_at and pull.merged_at <= issue.closed_at)

    def _is_ours(self, issue: _Issue) -> bool:
        return issue.repository is None or issue.repository.full_name.lower() == self._repository.lower()


def _open_issue(issue: _Issue) -> OpenIssue:
    labels = tuple(visible(label.name) for label in issue.labels)
    words = "\n".join((issue.title, *labels, issue.body or ""))
    squashed = re.sub(r"[^a-z0-9\n]", "", words.casefold())
    ends = (found.start() for found in _SERVICE.finditer(squashed))
    mentions = dict.fromkeys(squashed[max(0, end - _MENTIONED) : end].rpartition("\n")[2] for end in ends)
    versions = tuple(dict.fromkeys(_VERSION.findall(words)))
    return OpenIssue(issue.number, visible(issue.title), labels, tuple(mentions), versions)
