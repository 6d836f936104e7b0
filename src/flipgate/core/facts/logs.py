"""What did the replicas of a deployment log?"""

from __future__ import annotations

from dataclasses import dataclass

from flipgate.core.facts.reads import ReplicaLines


@dataclass(frozen=True)
class LogReading:
    """By replica: how many lines since its process started, and which of those in the window are errors."""

    replicas: tuple[ReplicaLines, ...]
