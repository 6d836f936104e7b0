"""What ticks a box of a sign-off list?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flipgate.core.facts.history import Flip, StageResult


@dataclass(frozen=True)
class StageEvidence:
    """The newest run of a stage that began between two flips, as far as they were made.

    since  the flip after which the stage has its place.
    until  the next flip, before which it has; None where there is none to come.
    """

    stage: StageResult
    since: Flip
    until: Flip | None


@dataclass(frozen=True)
class Attestation:
    """A named person's word that a box is done. by "" and at None: nobody has given it.

    box        the box's number in the list.
    owner      whose box it is, as the runbook says ("DevOps").
    statement  what was attested, in the person's words; proof: the digest of the file that they showed, or "".
    expires    when it has to be given again; None: with the next flip.
    done_at    when it was done, where the word says so; beside: the flip that this has to fit, where it is asked for.
    flipped_at when a flag last changed: a word from before it speaks of another world. None: none is known to have.
    """

    box: int
    owner: str
    by: str
    at: datetime | None
    statement: str
    proof: str = ""
    expires: datetime | None = None
    flipped_at: datetime | None = None
    done_at: datetime | None = None
    beside: Flip | None = None
