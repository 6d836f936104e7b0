"""Which complaints are open in the tracker?"""

from __future__ import annotations

from collections.abc import Sequence

from flipgate.core.facts.tracker import OpenIssues
from flipgate.core.observation import Observation
from flipgate.probes.systems import Systems


def open_issues(systems: Systems, labels: Sequence[str]) -> Observation[OpenIssues]:
    """Which issues are open that carry one of these labels? Errors: NotConfigured, Unreachable, Malformed."""
    return systems.tracker.open_issues(labels)
