"""Which alerts does Alertmanager hold?"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from flipgate.config.environment import Alertmanager as AlertmanagerBlock
from flipgate.core.clock import Clock
from flipgate.core.facts.alerts import Alert
from flipgate.core.facts.series import Labels
from flipgate.core.observation import Observation
from flipgate.safety.http import Door

SOURCE = "alertmanager"
# All of them: who leaves one of these words to the default trusts a default.
_ALL = {"active": "true", "silenced": "true", "inhibited": "true", "unprocessed": "true"}


class _Status(msgspec.Struct, rename="camel"):
    state: str
    silenced_by: list[str]
    inhibited_by: list[str]


class _Alert(msgspec.Struct, rename="camel"):
    labels: Labels
    status: _Status
    starts_at: Annotated[datetime, msgspec.Meta(tz=True)]


class Alertmanager:
    """One Alertmanager, asked over its HTTP API v2."""

    def __init__(self, block: AlertmanagerBlock, clock: Clock) -> None:
        self._clock, self.watchdog = clock, block.watchdog
        self._door = Door(SOURCE, block.url, r"/api/v2/alerts", block.token)

    def alerts(self) -> Observation[tuple[Alert, ...]]:
        """Which alerts are open, silenced and inhibited ones included? Errors: Unreachable, Malformed."""
        reply = self._door.get("/api/v2/alerts", _ALL)
        alerts = tuple(self._alert(alert) for alert in reply.json(list[_Alert]))
        return Observation(alerts, "alerts", SOURCE, (reply.asked,), self._clock.now())

    def _alert(self, alert: _Alert) -> Alert:
        status, starts_at = alert.status, self._clock.to_world(alert.starts_at)
        return Alert(alert.labels, status.state, starts_at, tuple(status.silenced_by), tuple(status.inhibited_by))
