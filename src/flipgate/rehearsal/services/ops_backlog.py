"""What the tracker holds of ops_view: the release's own issue, everyday business, and what can be filed against it."""

from .backlog import Backlog, Issue

RELEASE = "v2.54.1"
_ISSUES = (
    Issue(254, f"Operations queue: cutover of {RELEASE}", 14, None, ("tracker",), "Flags one after the other."),
    Issue(231, "Queue answered 502 during the node upgrade", 40, 39, ("incident",), "v2.53.0; the node was drained."),
    Issue(238, "Analyst missed an item after a merge", 25, 22, ("data-visibility",), "Seen in v2.53.2, fixed there."),
    Issue(249, "Export of patches forgets the header", 6, None, ("bug",), "Since v2.52."),
    Issue(251, "Docs: the custody matrix lacks a legend", 5, None, ("docs",), "A picture would do."),
)
# By the word that files them: about this release, or, with `other`, about another.
_FILED = {
    "incident": Issue(261, "Operations queue unavailable", 0.02, None, ("incident",), f"Since {RELEASE}."),
    "visibility": Issue(262, f"{RELEASE}: my patches are missing", 0.02, None, ("data-visibility",), "As an analyst."),
    "divergence": Issue(263, "Local copy and database differ", 0.02, None, ("divergence", RELEASE), "Three rfis."),
    "visibility_later": Issue(
        265, f"{RELEASE}0: a patch is missing", 3, None, ("data-visibility",), "Seen in the lab."
    ),
    "visibility_settled": Issue(266, f"{RELEASE}: a filter was set", 3, 2, ("data-visibility",), "Nothing is missing."),
    "divergence_before": Issue(267, "Local copy lags", 60, None, ("divergence", "v2.53.1"), "Before the database."),
    "divergence_settled": Issue(268, "Two rfis differ", 1, 0.5, ("divergence", RELEASE), "An old page was open."),
    "other": Issue(264, "Mail relay down", 0.02, None, ("incident",), "The relay's v1.9.0, since noon."),
}


def ops_backlog(filed: str) -> Backlog:
    """What does the tracker say, with these issues filed (comma-separated words)?"""
    further = tuple(_FILED[word] for word in filed.split(",") if word)
    return Backlog((*_ISSUES, *further), ())
