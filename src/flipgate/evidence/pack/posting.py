"""Under which comment does a sign-off stand in the tracker: one, edited in place, never a second?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from flipgate.core.errors import Refused


class Posted(Protocol):
    """A comment as the tracker has it."""

    @property
    def id(self) -> int: ...
    @property
    def body(self) -> str: ...
    @property
    def html_url(self) -> str: ...


One = TypeVar("One", bound=Posted)


class Issue(Protocol[One]):
    """The issue's comments, and what may be done with them."""

    def listed(self) -> Sequence[One]: ...
    def add(self, body: str) -> One: ...
    def edit(self, comment: One, body: str) -> One: ...


@dataclass(frozen=True)
class Done:
    """What was done, and where the comment stands: "added", "edited", or "unchanged"."""

    what: str
    where: str


def post(issue: Issue[One], marker: str, body: str) -> Done:
    """Where does this text stand in the issue now? In the comment that begins with the marker.

    It is looked for first and again after it was added: whoever posted at the same moment is then told.
    Errors: Refused where several comments bear the marker. What the tracker says else passes through.
    """
    own = _only(issue, marker)
    if own is None:
        issue.add(body)
        found = _only(issue, marker)
        if found is None:
            raise Refused("the comment was added, but the tracker does not list it: look there before posting again")
        return Done("added", found.html_url)
    if _plain(own.body) == _plain(body):
        return Done("unchanged", own.html_url)
    return Done("edited", issue.edit(own, body).html_url)


def _only(issue: Issue[One], marker: str) -> One | None:
    found = [comment for comment in issue.listed() if comment.body.startswith(marker)]
    if len(found) > 1:
        where = ", ".join(comment.html_url or str(comment.id) for comment in found)
        raise Refused(f"{len(found)} comments bear the marker of this sign-off: {where}; delete all but one")
    return found[0] if found else None


def _plain(body: str) -> str:
    """Trackers give line ends back as they like."""
    return body.replace("\r\n", "\n").strip()
