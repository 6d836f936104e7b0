from __future__ import annotations

import pytest

from flipgate.core.facts.tracker import OpenIssue, OpenIssues
from flipgate.core.verdict import Verdict
from flipgate.gates.issues import none_may_be_against, none_may_name
from tests.unit.gates.given import GO, HOLD, STOP, says, seen

LABELS = ("arch-concern", "bug")


def bug(*mentions: str) -> OpenIssue:
    return OpenIssue(707, "It is late", ("bug",), mentions)


@pytest.mark.parametrize(
    ("mentions", "verdict"),
    [
        ((), GO),
        (("theconflictservice",), STOP),
        (("conflictservice",), STOP),
        (("inthetenantservice", "xconflictservice"), STOP),
        (("inthetenantservice",), GO),
        (("conflictsservice",), GO),
    ],
)
@pytest.mark.parametrize("service", ["ConflictService", "conflict-service", "Conflict Service"])
def test_an_issue_that_mentions_a_service_is_against_it(
    mentions: tuple[str, ...], verdict: Verdict, service: str
) -> None:
    says(none_may_be_against(seen(OpenIssues(LABELS, (bug(*mentions),))), service=service), verdict)


def test_the_issue_is_named() -> None:
    read = seen(OpenIssues(LABELS, (bug("rbacservice"),)))
    says(none_may_be_against(read, service="RbacService"), STOP, "#707", "It is late", "bug")


@pytest.mark.parametrize(("labels", "service"), [((), "RbacService"), (LABELS, "Portal"), (LABELS, "")])
def test_what_cannot_be_found_is_hold(labels: tuple[str, ...], service: str) -> None:
    says(none_may_be_against(seen(OpenIssues(labels, ())), service=service), HOLD)


@pytest.mark.parametrize(
    ("versions", "verdict"), [(("2.54.1",), STOP), (("2.54.10", "2.54"), GO), (("1.0", "2.54.1"), STOP), ((), GO)]
)
@pytest.mark.parametrize("version", ["v2.54.1", "2.54.1"])
def test_an_issue_that_names_a_version_is_told(versions: tuple[str, ...], verdict: Verdict, version: str) -> None:
    read = seen(OpenIssues(("incident",), (OpenIssue(7, "It is down", ("incident",), (), versions),)))
    says(none_may_name(read, version=version), verdict)


def test_without_a_label_no_issue_is_known() -> None:
    says(none_may_name(seen(OpenIssues((), ())), version="v2.54.1"), HOLD)
    says(none_may_name(seen(OpenIssues(("incident",), ())), version="v2.54.1"), GO)
