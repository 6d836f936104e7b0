"""What do the records of a pack come to, and what is made of them? The same for whoever seals and whoever verifies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flipgate.core.verdict import Verdict, worst
from flipgate.evidence.about import About
from flipgate.evidence.account import RunAccount, accounts
from flipgate.evidence.markup import Markup
from flipgate.evidence.pack.comment import comment
from flipgate.evidence.pack.extract import Extract
from flipgate.evidence.pack.folder import COMMENT, README
from flipgate.evidence.pack.readme import readme
from flipgate.evidence.pack.statement import Seal
from flipgate.evidence.page import sheet
from flipgate.evidence.records import RunStart
from flipgate.evidence.summary import standing

SIGN_OFF = "sign_off"


@dataclass(frozen=True)
class Contents:
    """The runs of the newest instance, oldest first."""

    runs: tuple[RunAccount, ...]

    @property
    def verdict(self) -> Verdict:
        """What do they come to? The newest run of each stage counts, and without a sign-off there is no GO."""
        signed_off = any(run.stage == SIGN_OFF for run in self.runs)
        return worst([standing(self.runs), *([] if signed_off else [Verdict.HOLD])])

    def texts(self, seal: Seal, evidence: str) -> dict[str, bytes]:
        """Which files are made of them, but for the report?"""
        told = comment(seal, self.runs, evidence)
        return {COMMENT: told.encode(), README: readme(seal, self.runs)}

    def opening(self, seal: Seal, evidence: str, pictures: Path) -> Markup:
        """On which page does the report open? It says which evidence it shows."""
        about = About(seal.title, seal.tracker, seal.issue_url)
        ledger = f"evidence.json sha256:{evidence}: {seal.records} records, last {seal.head}"
        return sheet(self.runs, about, ledger=ledger, kept=pictures, linked=False)


def contents(taken: Extract) -> Contents:
    """What do these records come to?"""
    records = taken.records()
    starts = [record.body for record in records if isinstance(record.body, RunStart)]
    newest = starts[-1] if starts else None
    told = accounts(records)
    return Contents(tuple(run for run in told if newest and run.start.instance == newest.instance))


def runs_of(runs: Sequence[RunAccount]) -> tuple[str, ...]:
    """By which ids do they go?"""
    return tuple(run.id for run in runs)
