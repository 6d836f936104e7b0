"""The alert store: Alertmanager, alone, notifying nobody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import httpx
import msgspec
import yaml

from flipgate.rehearsal.components import programs
from flipgate.rehearsal.components.prometheus import ENVIRONMENT

if TYPE_CHECKING:
    from pathlib import Path

    from flipgate.rehearsal.components.prometheus import Firing
    from flipgate.rehearsal.processes import Processes


# Prometheus finds its Alertmanager at the first tick of its discovery, 5 s after its start.
_HANDED_ON_S = 8


class Alert(msgspec.Struct, frozen=True, rename="camel"):
    """One alert, as it is listed and as it is handed in."""

    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: datetime
    ends_at: datetime


@dataclass
class Alertmanager:
    """The alert store of this rehearsal."""

    folder: Path
    port: int
    processes: Processes
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=10))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the server; `wait` tells when it serves."""
        self.folder.mkdir(mode=0o700)
        config = self.folder / "alertmanager.yml"
        config.write_text(yaml.safe_dump({"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}))
        program = programs.find(programs.ALERTMANAGER)
        self.processes.start(
            "alertmanager",
            [
                str(program),
                f"--config.file={config}",
                f"--storage.path={self.folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--cluster.listen-address=",
                "--log.level=warn",
            ],
            # The copy in the cache folder looks for its templates below the folder that it runs in.
            cwd=program.parent.parent.parent,
        )

    def wait(self) -> None:
        """Wait until the server serves."""
        self.processes.wait_until("alertmanager", self._answers)

    def take(self, firing: list[Firing], aged_s: float = 0.0) -> None:
        """Take what fires from Prometheus' hand, which reaches here by itself only seconds after its start.

        What was open and fires no more is closed; what stays open began so much earlier as the world has aged.
        """
        now = datetime.now(UTC)
        until = now + timedelta(seconds=_HANDED_ON_S)
        ended = {_identity(alert.labels): alert for alert in self.open()}
        taken = []
        for one in firing:
            labels = {**one.labels, "environment": ENVIRONMENT}
            known = ended.pop(_identity(labels), None)
            began = known.starts_at - timedelta(seconds=aged_s) if known else one.active_at
            taken.append(Alert(labels, one.annotations, began, until))
        taken += [Alert(one.labels, one.annotations, one.starts_at, now) for one in ended.values()]
        content, kind = msgspec.json.encode(taken), {"content-type": "application/json"}
        self.client.post(f"{self.url}/api/v2/alerts", content=content, headers=kind).raise_for_status()

    def open(self) -> list[Alert]:
        """Which alerts are open, silenced and inhibited ones too?"""
        answer = self.client.get(f"{self.url}/api/v2/alerts").raise_for_status()
        return msgspec.json.decode(answer.content, type=list[Alert])

    def silence(self, name: str, hours: float = 24) -> None:
        """Silence every alert of a name."""
        now = datetime.now(UTC)
        silence = {
            "matchers": [{"name": "alertname", "value": name, "isRegex": False, "isEqual": True}],
            "startsAt": now.isoformat(),
            "endsAt": (now + timedelta(hours=hours)).isoformat(),
            "createdBy": "rehearsal",
            "comment": "a silence that hides an open alert",
        }
        self.client.post(f"{self.url}/api/v2/silences", json=silence).raise_for_status()

    def end_silences(self) -> None:
        """End every silence."""
        for silence in self.client.get(f"{self.url}/api/v2/silences").raise_for_status().json():
            if silence["status"]["state"] != "expired":
                self.client.delete(f"{self.url}/api/v2/silence/{silence['id']}").raise_for_status()

    def _answers(self) -> bool:
        try:
            return self.client.get(f"{self.url}/-/ready").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False


def _identity(labels: dict[str, str]) -> frozenset[tuple[str, str]]:
    """By its labels, and by nothing else, an alert is the same one."""
    return frozenset(labels.items())
