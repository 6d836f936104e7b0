"""What does the public gateway say of itself?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from flipgate.config.environment import Gateway as GatewayBlock
from flipgate.core.clock import Clock
from flipgate.core.errors import visible
from flipgate.core.observation import Observation
from flipgate.safety.http import Door

SOURCE = "gateway"
_HEADER = "x-upsquad-environment"


@dataclass(frozen=True)
class GatewaySelf:
    """The environment that the gateway names ("" when it names none), and what its clock says (server time)."""

    environment: str
    date: datetime | None


class Gateway:
    """The gateway's own answer to a path that nobody serves; no token is sent, its status does not matter."""

    def __init__(self, block: GatewayBlock, clock: Clock) -> None:
        self._clock = clock
        self._door = Door(SOURCE, block.url, "/")

    def itself(self) -> Observation[GatewaySelf]:
        """What does the gateway call its environment, and what time has it? Errors: Unreachable, Malformed."""
        reply = self._door.ask("/")
        value = GatewaySelf(visible(reply.headers.get(_HEADER, "")), _date(reply.headers.get("date", "")))
        return Observation(value, "names", SOURCE, (reply.asked,), self._clock.now())


def _date(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None
