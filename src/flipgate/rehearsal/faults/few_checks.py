"""Six governance checks a minute: thirty in five minutes, over all replicas.

After flip 2, p95: HOLD; too few samples. It shows in the time that passes from here on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.services.load import MIX, REQUESTS_PER_MINUTE

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


_CHECKS_PER_MINUTE = 6
_CALLED = ("gateway", "context-engine")


def inject(world: World) -> None:
    """Let hardly anybody call."""
    requests_per_minute = _CHECKS_PER_MINUTE / MIX["upsquad.governance.v1.GovernanceService/Check"]
    for deployment in _CALLED:
        world.fleet.behave(deployment, requests_per_minute=requests_per_minute)


def undo(world: World) -> None:
    """Let them call again."""
    for deployment in _CALLED:
        world.fleet.behave(deployment, requests_per_minute=REQUESTS_PER_MINUTE)
