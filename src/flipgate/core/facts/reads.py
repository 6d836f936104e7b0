"""Which tables do reads come from?"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ReplicaLines:
    """What one replica logged, before a restart too: lines by message, and how many lines in all.

    errors      lines of level error or worse, as "key: message".
    unreadable  lines that are no record: any of them may have been the one that matters.
    """

    pod: str
    lines: int
    messages: dict[str, int]
    errors: dict[str, int] = field(default_factory=dict)
    unreadable: int = 0


@dataclass(frozen=True)
class ReadsReading:
    """What each replica logged, our own calls included, and how the tables' scan counters moved while we called.

    addresses      that were called; calls how often each.
    flag_value     of the flag that names the tables, platform-wide; "" where it was not asked for.
    scans_before, scans_after  by table: scans since the statistics began.
    """

    addresses: tuple[str, ...]
    calls: int
    replicas: tuple[ReplicaLines, ...]
    scans_before: dict[str, int]
    scans_after: dict[str, int]
    flag_value: str = ""
