"""What does a runbook say of itself: its stages in order, what each needs from before, what comes next?

Read from `features/<runbook>/runbook.toml`.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from flipgate.core.errors import Refused
from flipgate.evidence.about import Box

Surface = Literal["redis", "database", "processes"]


class Stage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One stage. `needs` are stages played before it in a provisioned environment; `next` is the step after a GO."""

    needs: tuple[str, ...] = ()
    next: str = ""


class Runbook(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A runbook. `flags` in the order in which they are flipped, the one that is never flipped first.

    surfaces       where its flags live: in stores that a process reads again and again, or in the processes themselves.
    rollback_needs the tables without which there is no way back.
    boxes          its sign-off list, by number.
    refused_tiers  tiers in which it must not be run at all, with the reason.
    """

    title: str
    tracker: str
    flags: tuple[str, ...]
    stages: dict[str, Stage]
    surfaces: tuple[Surface, ...] = ("redis", "database")
    rollback_needs: tuple[str, ...] = ()
    boxes: dict[str, Box] = {}
    issue_url: str = ""
    refused_tiers: dict[str, str] = {}


def read_runbook(folder: Path) -> Runbook:
    """What does this runbook say of itself?

    Errors: Refused.
    """
    path = folder / "runbook.toml"
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Runbook)
    except (OSError, ValueError, msgspec.ValidationError) as error:
        raise Refused(f"{path}: {error}") from error
