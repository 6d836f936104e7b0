from __future__ import annotations

import pytest

from flipgate.core.facts.tracker import IssueState, Merge, TrackReading
from flipgate.core.judgement import Judgement
from flipgate.gates.backend_track import every_issue_must_be_merged, every_merge_must_be_deployed
from tests.unit.gates.given import GO, HOLD, STOP, says, seen

NUMBERS = range(686, 691)
MERGE = Merge(700, "c0ffee")


def issue(number: int, state: str = "closed", reason: str = "completed", *merges: Merge) -> IssueState:
    return IssueState(number, f"part {number} ".ljust(61, "x"), state, reason, merges)


def merged(odd: IssueState | None = None) -> tuple[IssueState, ...]:
    sound = {number: issue(number, "closed", "completed", MERGE) for number in NUMBERS}
    return tuple((sound | ({odd.number: odd} if odd else {})).values())


def issues(odd: IssueState | None = None) -> Judgement:
    return every_issue_must_be_merged(seen(TrackReading(merged(odd), {}, {})), first=686, last=690)


def test_every_issue_closed_by_a_merge_is_go() -> None:
    says(issues(), GO, "5 of 5")


@pytest.mark.parametrize(
    ("odd", "verdict", "word"),
    [
        (issue(688, "open", ""), STOP, 'xx…" is open'),
        (issue(688, "open", "reopened", MERGE), STOP, "open"),
        (issue(688, "closed", "not_planned"), STOP, "not planned"),
        (issue(688, "closed", "not_planned", MERGE), STOP, "not planned"),
        (issue(688, "closed", "completed"), HOLD, "no merged pull request"),
        (issue(688, "closed", "duplicate"), HOLD, "no merged pull request"),
        (issue(688, "strange", "completed", MERGE), HOLD, "#688"),
    ],
)
def test_an_issue_that_is_not_done_is_named(odd: IssueState, verdict: object, word: str) -> None:
    judgement = issues(odd)
    assert judgement.verdict is verdict
    assert "#688" in judgement.seen
    assert word in judgement.seen


def test_an_issue_that_the_tracker_did_not_show_is_hold() -> None:
    four = tuple(one for one in merged() if one.number != 690)
    says(every_issue_must_be_merged(seen(TrackReading(four, {}, {})), first=686, last=690), HOLD, "#690")
    says(
        every_issue_must_be_merged(seen(TrackReading(merged(), {}, {})), first=690, last=689), HOLD, "no issue is named"
    )


COMMIT = "f00dfeedc0de9"


def deployed(
    contained: dict[str, bool], commits: dict[str, str] | None = None, issues: tuple[IssueState, ...] | None = None
) -> Judgement:
    running = commits if commits is not None else {"tenant-service": COMMIT, "context-engine": COMMIT}
    reading = TrackReading(merged() if issues is None else issues, running, contained)
    return every_merge_must_be_deployed(seen(reading))


def test_every_merge_in_every_deployment_is_go() -> None:
    says(
        deployed({"tenant-service:c0ffee": True, "context-engine:c0ffee": True}), GO, "tenant-service at f00dfeedc0de,"
    )


def test_a_merge_that_one_deployment_lacks_is_stop() -> None:
    says(
        deployed({"tenant-service:c0ffee": True, "context-engine:c0ffee": False}),
        STOP,
        "context-engine at f00dfeedc0de lacks #700",
    )


def test_a_merge_of_which_nothing_is_known_is_hold() -> None:
    says(deployed({"tenant-service:c0ffee": True}), HOLD, "unknown whether context-engine")


def test_a_deployment_that_names_no_commit_is_hold() -> None:
    says(deployed({"tenant-service:c0ffee": True}, {"tenant-service": ""}), HOLD, "names no commit")
    says(deployed({}, {}), HOLD, "no deployment names its commit")


def test_an_issue_without_a_merge_leaves_nothing_to_look_for() -> None:
    held = {"tenant-service:c0ffee": True, "context-engine:c0ffee": True}
    says(deployed(held, issues=(issue(688),)), HOLD, "no merge to look for")
    says(deployed(held, issues=merged(issue(688))), HOLD, 'no merge to look for: #688 "part 688 xx')
