"""Is there an open complaint against a service?"""

from __future__ import annotations

from flipgate.core.facts.tracker import OpenIssue, OpenIssues
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named, numbered

_ENDING = "service"


@gate
def none_may_be_against(its: Observation[OpenIssues], *, service: str) -> Judgement:
    """Is no open issue against this service: is its name in no title, label or body, whatever its case?

    "tenant-service" and "tenant service" are its name too.
    """
    reading = its.value
    claim = Claim(f"open issues against {service}", f"none labelled {named(reading.labels)}")
    name = "".join(letter for letter in service.casefold() if letter.isalnum())
    if not name.endswith(_ENDING) or not reading.labels:
        return claim.hold(f'issues are not known without a label, nor of a name that does not end in "{_ENDING}"')
    against = [issue for issue in reading.issues if any(mention.endswith(name) for mention in issue.mentions)]
    if against:
        return claim.stop(f"{numbered(len(against), 'issue')}: {named(map(_told, against))}")
    return claim.go(f"none of {numbered(len(reading.issues), 'open issue')} with such a label")


@gate
def none_may_name(its: Observation[OpenIssues], *, version: str) -> Judgement:
    """Does no open issue name this version, in title, label or body, with a leading v or without?"""
    reading = its.value
    claim = Claim(f"open issues that name {version}", f"none labelled {named(reading.labels) or 'at all'}")
    if not reading.labels:
        return claim.hold("issues are not known without a label")
    naming = [issue for issue in reading.issues if version.removeprefix("v") in issue.versions]
    if naming:
        return claim.stop(f"{numbered(len(naming), 'issue')}: {named(map(_told, naming))}")
    return claim.go(f"none of {numbered(len(reading.issues), 'open issue')} with such a label")


def _told(issue: OpenIssue) -> str:
    return f"#{issue.number} {issue.title!r} ({named(issue.labels)})"
