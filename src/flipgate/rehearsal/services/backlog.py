"""What the tracker holds: the issues of the backend track, the pulls that closed them, and everyday business."""

from dataclasses import dataclass, replace

from .commits import COMMITS

REPOSITORY = "upsquad-ai/upsquad-core"
MILESTONE = 11
MILESTONE_TITLE = "Wave J+K — Phase 2 Cutover + Legacy Drop"


@dataclass(frozen=True)
class Issue:
    """An issue; ages are days before the environment's start."""

    number: int
    title: str
    opened_days: float
    closed_days: float | None = None
    labels: tuple[str, ...] = ()
    body: str = ""
    in_milestone: bool = False
    reason: str = "completed"
    closing_commit: str | None = None
    mentioned_by: tuple[int, ...] = ()


@dataclass(frozen=True)
class Pull:
    """A pull request; one without a merge commit was closed unmerged, one without `closed_days` is open."""

    number: int
    title: str
    opened_days: float
    closed_days: float | None
    body: str = ""
    commit: str | None = None
    closes: int = 0
    labels: tuple[str, ...] = ()


def _track(number: int, title: str, days: float, *mentioned_by: int, commit: str | None = None) -> Issue:
    return Issue(
        number,
        title,
        days + 12,
        days,
        ("wave-j", "backend"),
        "Part of the backend track of #692.",
        in_milestone=True,
        closing_commit=commit,
        mentioned_by=mentioned_by,
    )


# A merged pull is tied to its issue in three ways, and all occur: cross-reference, closing commit, keyword in the body.
ISSUES = (
    Issue(
        570, "Org Model v2.3: Phase 2 cutover", 60, None, ("tracker",), "Umbrella of the cutover.", in_milestone=True
    ),
    _track(686, "J.1: flag metadata and resolvers", 20, 711),
    _track(687, "J.2: ListTeams shim over org_units", 17, 709, 712),
    _track(688, "J.3: MemberService reads from org_unit_memberships", 14, commit=COMMITS[46]),
    _track(689, "J.4: 4-layer cascade with auto-rollback breaker", 10, 714),
    _track(690, "J.5: gateway exposure of the new services", 7),
    Issue(
        692,
        "J.7: Phase 2 cutover runbook",
        21,
        None,
        ("wave-j", "docs"),
        "The operator's procedure.",
        in_milestone=True,
    ),
    Issue(693, "K.1: final backfill audit", 19, None, ("wave-k",), in_milestone=True),
    Issue(694, "K.2: drop the legacy tables", 19, None, ("wave-k",), in_milestone=True),
    Issue(
        698, "TenantService: ListTeams sorts by creation", 16, 12, ("bug",), "Seen once in review.", mentioned_by=(713,)
    ),
    Issue(
        704, "Admin endpoint to refresh the flag cache", 9, 6, ("backend",), "", in_milestone=True, mentioned_by=(716,)
    ),
    Issue(706, "Portal forgets the chosen theme", 5, None, ("bug", "portal"), "Only the colour scheme is lost."),
    Issue(708, "Docs: typo in the onboarding page", 4, None, ("docs",), "There is a letter missing."),
)
PULLS = (
    Pull(709, "Draft: shim spike", 18.5, 18, "Superseded."),
    Pull(711, "Flag metadata and resolvers", 22, 20, "Closes #686", COMMITS[38], 686),
    Pull(712, "ListTeams shim", 18, 17, "Fixes #687.", COMMITS[42], 687),
    Pull(713, "Keep ListTeams in id order", 13, 12, "Resolves #698", COMMITS[50], 698),
    Pull(710, "MemberService on the mirror", 15, 14, "Member reads move to the mirror.", COMMITS[46], 688),
    Pull(714, "4-layer cascade and breaker", 12, 10, "fixes #689\n\nThe breaker is process-local.", COMMITS[55], 689),
    Pull(715, "Mount the new services behind the gate", 8, 7, "Wave J.5. Closes: #690", COMMITS[61], 690),
    Pull(716, "Refresh endpoint for the flag cache", 7, 6, "Closes #704", COMMITS[66], 704),
)


@dataclass(frozen=True)
class Backlog:
    issues: tuple[Issue, ...]
    pulls: tuple[Pull, ...]


_OF_THE_PORTAL = tuple(
    Issue(number, f"Portal: misplaced icon {number}", 0.1, None, ("bug", "portal")) for number in range(731, 738)
)
# Filed while the cutover soaks: the oldest is the one that matters, and is not on the first page of the newest.
FILED = {
    "": Backlog((), ()),
    "bug": Backlog(
        (
            Issue(
                707,
                "Inbox shows yesterday's entries",
                0.2,
                None,
                ("Bug",),
                "After a merge the conflictservice answers late.",
            ),
            *_OF_THE_PORTAL,
        ),
        (),
    ),
    # None of them is an open complaint against one of the six services.
    "others": Backlog(
        (
            Issue(705, "NotificationService sends twice", 0.3, None, ("bug", "arch-concern"), "Since the last deploy."),
            Issue(707, "ConflictService answers late", 0.2, 0.1, ("bug",), "Seen once; gone with the next pod."),
            Issue(709, "How is TenantService scaled?", 0.2, None, ("question",), "For the runbook of on call."),
            *_OF_THE_PORTAL,
        ),
        (Pull(740, "RbacService: say less in the log", 0.1, None, "A bug of wording.", labels=("bug",)),),
    ),
}


def backlog(not_planned: int, reopened: int, filed: str = "") -> Backlog:
    """What does the tracker say, with one issue closed as not planned and one open (0: none), and what was filed?"""
    pulls = tuple(replace(pull, commit=None) if pull.closes == not_planned else pull for pull in PULLS)
    issues = tuple(_as_told(issue, not_planned, reopened) for issue in (*ISSUES, *FILED[filed].issues))
    return Backlog(issues, (*pulls, *FILED[filed].pulls))


def _as_told(issue: Issue, not_planned: int, reopened: int) -> Issue:
    if issue.number == reopened:
        return replace(issue, closed_days=None, closing_commit=None)
    if issue.number == not_planned:
        return replace(issue, closed_days=issue.closed_days or 1, reason="not_planned", closing_commit=None)
    return issue
