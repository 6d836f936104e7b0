"""What did this process do to which system, as its own doors count it?

One witness of two: the other is what the server counts. A door counts what it let pass, what of it was no read, and
what it refused to send. One process makes one run.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Count:
    """calls: let pass; writes: those among them that were no reads; refused: never sent."""

    calls: int = 0
    writes: int = 0
    refused: int = 0

    def since(self, before: Count) -> Count:
        """What was counted after that?"""
        return Count(self.calls - before.calls, self.writes - before.writes, self.refused - before.refused)


_counts: dict[str, Count] = {}
_lock = threading.Lock()


def count(system: str, *, calls: int = 0, writes: int = 0, refused: int = 0) -> None:
    """Note what a door just did."""
    with _lock:
        was = _counts.get(system, Count())
        _counts[system] = replace(
            was, calls=was.calls + calls, writes=was.writes + writes, refused=was.refused + refused
        )


def counted() -> dict[str, Count]:
    """What was counted so far, by system?"""
    with _lock:
        return dict(_counts)
