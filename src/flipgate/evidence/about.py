"""What does the runbook of a ledger say of itself, for the reader of a report?

Read from `features/<runbook>/runbook.toml` beside the reports. A report can be made without it, under the bare name.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import msgspec


class StageAbout(msgspec.Struct, frozen=True):
    """`next`: the operator's step after a GO."""

    next: str = ""


class Box(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A box of the sign-off list. `stage`: the one whose GO ticks it; "" where only its owner's word does."""

    owner: str
    claim: str
    stage: str = ""


class About(msgspec.Struct, frozen=True):
    """The runbook's title, its issue in the tracker, what comes after each stage, and its sign-off list."""

    title: str
    tracker: str = ""
    issue_url: str = ""
    stages: dict[str, StageAbout] = {}
    boxes: dict[str, Box] = {}

    @property
    def issue(self) -> str:
        """Where does its issue stand? "" unless that is a web address: a report links to nothing else."""
        url = self.issue_url.replace("{}", self.tracker) if self.tracker else ""
        return url if urlsplit(url).scheme in ("https", "http") else ""

    def next_after(self, stage: str) -> str:
        """What does the operator do after a GO of this stage?"""
        return self.stages[stage].next.strip() if stage in self.stages else ""


def about(root: Path, runbook: str) -> About:
    """What does this runbook say of itself? Its name alone where nothing can be read."""
    try:
        text = (root / "features" / runbook / "runbook.toml").read_text(encoding="utf-8")
        return msgspec.convert(tomllib.loads(text), About)
    except (OSError, ValueError):
        return About(runbook)


def root_of(ledger: Path) -> Path:
    """The project's folder: reports/<environment>/<runbook>/ledger.jsonl lies in it, or one works in it."""
    beside = ledger.absolute().parents[3]
    return beside if (beside / "features").is_dir() or not Path("features").is_dir() else Path.cwd()
