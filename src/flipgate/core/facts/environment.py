"""What does an environment say of itself, and when is it allowed to change?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Identity:
    """The declared tier, beside what each system calls itself (source -> name); silent: those that say nothing."""

    declared_tier: str
    stated: dict[str, str]
    silent: tuple[str, ...]


@dataclass(frozen=True)
class Itself:
    """What the servers say of themselves: system -> its own names for itself.

    postgres    system_identifier (of the cluster of files, copies included), database.
    redis       run_id (of the process), replid (of the data's history).
    prometheus  its external labels; kubernetes: its namespace's name, uid, labels; gateway, ops_view: its name.
    silent      system -> what was seen of one that gave no answer.
    """

    said: dict[str, dict[str, str]]
    silent: dict[str, str]


@dataclass(frozen=True)
class ChangeWindow:
    """The agreed change window around the time of the reading, as world times.

    agreed        in words, as the environment file gives it; "" when none is agreed.
    opened_at, closes_at   of the one that is open now; both None when none is.
    next_opens_at of the next one.
    """

    agreed: str
    opened_at: datetime | None
    closes_at: datetime | None
    next_opens_at: datetime | None


@dataclass(frozen=True)
class Skew:
    """By how many seconds does each server's clock differ from this machine's (server minus machine)?"""

    skew_s: dict[str, float]
