"""The platforms that can be rehearsed, one file each, by the runbook of their cutover."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from flipgate.rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World

# Only the one that is asked for is imported: whoever attaches to a rehearsal needs none.
_WORLDS = {"org_v23": "OrgV23", "ops_view": "OpsView"}


def must_be_known(runbook: str) -> None:
    """Can the cutover of this runbook be rehearsed? Errors: RehearsalError."""
    if runbook not in _WORLDS:
        raise RehearsalError(f'no platform is known for "{runbook}"; known: {", ".join(_WORLDS)}')


def world_of(runbook: str) -> type[World]:
    """Which world does the cutover of this runbook take place in? Errors: RehearsalError."""
    must_be_known(runbook)
    kind: type[World] = getattr(import_module(f"{__name__}.{runbook}"), _WORLDS[runbook])
    return kind
