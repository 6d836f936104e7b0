"""What did a person give their word for: a box that is done, or one that is knowingly left as it is?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Proof:
    """A file that somebody shows with their word: its name, size and digest. The file itself stays where it is."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Attested:
    """A person's word that a box is done. It speaks of this instance of this environment, and of what stood before it.

    by        whose word it is; `operator`: who was at the keyboard (user@host).
    expires   when it has to be given again (world time); None: with the next flip.
    done_at   when it was done (world time), where they say so.
    """

    environment: str
    instance: str
    runbook: str
    box: int
    owner: str
    by: str
    operator: str
    note: str
    proof: Proof | None = None
    expires: datetime | None = None
    done_at: datetime | None = None


@dataclass(frozen=True)
class Waived:
    """A person's word that a box or gate is knowingly left as it is. It is shown first, and makes nothing GO.

    what    "box 9", or a gate's id.
    owner   who answers for it; by: who waived it.
    """

    environment: str
    instance: str
    runbook: str
    what: str
    by: str
    owner: str
    operator: str
    reason: str
    expires: datetime

    @property
    def told(self) -> str:
        """How is it said?"""
        what = self.what.rpartition("::")[2]
        until = f"{self.expires.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
        return f"{what} is not GO: {self.reason} ({self.owner} answers for it; waived by {self.by} until {until})"
