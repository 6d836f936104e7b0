"""Which value does each surface hold for each flag?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

GLOBAL = "global"
PROCESS = "process "  # what the name of a surface begins with that is one process, by what it serves


@dataclass(frozen=True)
class FlagValue:
    """One value of one flag, as one surface holds it.

    surface     "redis", "database", "process <pod>" (what it serves, from its own environment), or
                "replica <pod>" (what its boot record said).
    scope       "global" or a tenant's id.
    text        the exact text held; nothing is trimmed or folded.
    updated_at  when the surface says that it was written, where it says so; for a process or replica its start.
    command     that sets it by hand, with `{value}` where the value goes; "" where there is none.
    """

    flag: str
    surface: str
    scope: str
    text: str
    updated_at: datetime | None = None
    command: str = ""

    @property
    def is_held(self) -> bool:
        """Is this the value itself, where a boot record only tells of it?"""
        return self.surface in ("redis", "database") or self.surface.startswith(PROCESS)


def by_processes(values: Iterable[FlagValue]) -> str:
    """Which text do all processes serve that hold this flag? "" where they differ, or none does."""
    texts = {value.text for value in values if value.surface.startswith(PROCESS)}
    return texts.pop() if len(texts) == 1 else ""


@dataclass(frozen=True)
class Posture:
    """All values of a runbook's flags, on every surface that was read.

    flags       in the runbook's order.
    values      those that are present; an absent key or row says nothing.
    tenants     ids of the tenants whose own values were asked for.
    changed_at  by flag: when its present value came into force, where the ledger or the database knows.
    """

    flags: tuple[str, ...]
    values: tuple[FlagValue, ...]
    tenants: tuple[str, ...]
    changed_at: dict[str, datetime]
