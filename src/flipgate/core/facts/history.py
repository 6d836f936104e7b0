"""What does the ledger know of earlier stages and flips?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class StageResult:
    """The newest run of a stage in this environment. verdict "" and ended_at None: it never ran here.

    asked_for         the moment for which it has to be fresh (a flip, or now).
    window_opened_at  when the change window of that moment opened; None where none was open.
    """

    stage: str
    run: str
    verdict: str
    ended_at: datetime | None
    contradicted_by: str = ""
    asked_for: datetime | None = None
    window_opened_at: datetime | None = None


@dataclass(frozen=True)
class Flip:
    """When did a flag take its present value, and who says so?

    source      "database", "process" (its start), "operator", "ledger" or "" (unknown; then at is None).
    not_before  the last time that the ledger saw the other value, where it did.
    """

    flag: str
    value: str
    at: datetime | None
    source: str
    not_before: datetime | None = None


@dataclass(frozen=True)
class FlipHistory:
    """All changes of all flags of a runbook that are known, oldest first, with the runbook's order of flags."""

    order: tuple[str, ...]
    flips: tuple[Flip, ...]
    phase_3_begun: bool = False
