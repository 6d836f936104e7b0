"""The platforms that can be rehearsed, one file each, by the runbook of their cutover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.errors import RehearsalError
from flipgate.rehearsal.platforms.ops_view import OpsView
from flipgate.rehearsal.platforms.org_v23 import OrgV23

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World

WORLDS: dict[str, type[World]] = {kind.runbook: kind for kind in (OrgV23, OpsView)}


def world_of(runbook: str) -> type[World]:
    """Which world does the cutover of this runbook take place in? Errors: RehearsalError."""
    if runbook not in WORLDS:
        raise RehearsalError(f'no platform is known for "{runbook}"; known: {", ".join(WORLDS)}')
    return WORLDS[runbook]
