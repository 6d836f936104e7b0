"""The metrics server: Prometheus, started anew on rewritten blocks each time the world ages."""

from __future__ import annotations

import shutil
import signal
from array import array
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

import httpx
import msgspec
import yaml

from flipgate.rehearsal.components import programs
from flipgate.rehearsal.history import Track

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from flipgate.rehearsal.history import History
    from flipgate.rehearsal.processes import Processes

ENVIRONMENT = "dev"
OWN_LABELS = MappingProxyType({"environment": ENVIRONMENT})
LIVE_SCRAPE_S = 5
_RELOADED_AT = "prometheus_config_last_reload_success_timestamp_seconds"
_PARTS = 2
# The first value is a time that restored rules would read; the others nobody asks for.
_NOT_KEPT = "ALERTS_FOR_STATE|scrape_.*"


@dataclass(frozen=True)
class Target:
    """One process that Prometheus scrapes."""

    job: str
    pod: str
    address: str


class _Series(msgspec.Struct):
    metric: dict[str, str]
    values: list[tuple[float, str]]


class _Data(msgspec.Struct):
    result: list[_Series]


class _Answer(msgspec.Struct):
    data: _Data


class Firing(msgspec.Struct, rename="camel"):
    """One alert as the rules see it."""

    labels: dict[str, str]
    annotations: dict[str, str]
    state: str
    active_at: datetime


class _FiringList(msgspec.Struct):
    alerts: list[Firing]


class _Alerts(msgspec.Struct):
    data: _FiringList


class _Rule(msgspec.Struct):
    health: str


class _Group(msgspec.Struct):
    rules: list[_Rule]


class _Groups(msgspec.Struct):
    groups: list[_Group]


class _Rules(msgspec.Struct):
    data: _Groups


@dataclass
class Prometheus:
    """The metrics server of this rehearsal."""

    folder: Path
    port: int
    alertmanager_port: int
    processes: Processes
    generation: int = 0
    live_since_ms: int = 0
    client: httpx.Client = field(default_factory=lambda: httpx.Client(trust_env=False, timeout=20))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def rules_file(self) -> Path:
        return self.folder / "rules.yml"

    def configure(
        self,
        targets: list[Target],
        rules: str,
        labels: Mapping[str, str] = OWN_LABELS,
    ) -> None:
        """Write the configuration and the rules; a running server goes by them from its next start on."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        jobs: dict[str, list[Target]] = {}
        for target in targets:
            jobs.setdefault(target.job, []).append(target)
        config = {
            "global": {
                "scrape_interval": f"{LIVE_SCRAPE_S}s",
                "evaluation_interval": "1s",
                "external_labels": dict(labels),
            },
            "rule_files": [str(self.rules_file)],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{self.alertmanager_port}"]}]}]},
            "scrape_configs": [
                {
                    "job_name": job,
                    "static_configs": [{"targets": [one.address], "labels": {"pod": one.pod}} for one in members],
                }
                for job, members in jobs.items()
            ],
        }
        (self.folder / "prometheus.yml").write_text(yaml.safe_dump(config))
        self.rules_file.write_text(rules)

    def make_blocks(self, history: History, now_ms: int, offset_s: float) -> None:
        """Write the history up to now as the blocks on which the next start begins."""
        self.generation += 1
        self.add_blocks(history, now_ms, offset_s, _PARTS)

    def add_blocks(self, history: History, now_ms: int, offset_s: float, parts: int = 1) -> None:
        """Write what has come since, up to now, beside those blocks."""
        self.live_since_ms = now_ms
        promtool = str(programs.find(programs.PROMTOOL))
        names = []
        for path in history.write(self.folder, parts, offset_s):
            names.append(f"promtool-{path.stem}")
            argv = [promtool, "tsdb", "create-blocks-from", "openmetrics", "--quiet"]
            # Samples of one file go into one block: fewer passes over the text.
            argv += ["--max-block-duration=162h", str(path), str(self._data)]
            self.processes.start(names[-1], argv)
        for name in names:
            self.processes.wait_for_end(name)
        for path in self.folder.glob("history-*.om"):
            path.unlink()

    def start(self) -> None:
        """Start the server on the blocks, and on what it has scraped since they were made."""
        self.processes.start(
            "prometheus",
            [
                str(programs.find(programs.PROMETHEUS)),
                f"--config.file={self.folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={self._data}",
                f"--web.listen-address=127.0.0.1:{self.port}",
                "--storage.tsdb.retention.time=90d",
                "--rules.alert.resend-delay=1s",
                "--log.level=warn",
            ],
        )
        self.processes.wait_until("prometheus", self._answers)

    def stop(self) -> None:
        """End the server; its data stays."""
        self.processes.stop("prometheus")

    def begin_anew(self) -> None:
        """Lose all data, and start again with none."""
        self.generation += 1
        self.discard()
        self.start()

    def discard(self) -> None:
        """End the server and drop its data: the history holds what is worth keeping."""
        self.processes.stop("prometheus", signal.SIGKILL)
        for folder in self.folder.glob("data-*"):
            if folder != self._data:
                shutil.rmtree(folder)

    def scraped(self, now_ms: int, offset_s: float) -> list[Track]:
        """Which samples did the server take itself since its start? Times and time values in world time."""
        span_ms = now_ms - self.live_since_ms
        query = f'{{__name__=~".+",__name__!~"{_NOT_KEPT}"}}[{span_ms}ms]'
        answer = self.client.post(f"{self.url}/api/v1/query", data={"query": query, "time": f"{now_ms / 1000:.3f}"})
        answer.raise_for_status()
        times: dict[tuple[int, ...], array[int]] = {}
        offset_ms = round(offset_s * 1000)
        tracks = []
        for series in msgspec.json.decode(answer.content, type=_Answer).data.result:
            stamps = tuple(round(at * 1000) + offset_ms for at, _ in series.values)
            shared = times.setdefault(stamps, array("q", stamps))
            values = [float(value) for _, value in series.values]
            tracks.append(Track.told(series.metric.pop("__name__"), series.metric, shared, values, offset_s))
        return tracks

    def load(self, rules: str) -> None:
        """Replace the rules, and wait until each of them has been evaluated."""
        self.rules_file.write_text(rules)
        self.reload()

    def reload(self) -> None:
        """Go by the files as they are now, and wait until every rule of them has been evaluated."""
        before = self._reloaded_at()
        self.processes.send("prometheus", signal.SIGHUP)
        self.processes.wait_until("prometheus", lambda: self._reloaded_at() != before)
        self.processes.wait_until("prometheus", lambda: "unknown" not in self._health())

    def _reloaded_at(self) -> str:
        lines = self.client.get(f"{self.url}/metrics").raise_for_status().text.splitlines()
        return next(
            line for line in lines if line.startswith("prometheus_config_last_reload_success_timestamp_seconds")
        )

    def _health(self) -> list[str]:
        answer = self.client.get(f"{self.url}/api/v1/rules").raise_for_status()
        groups = msgspec.json.decode(answer.content, type=_Rules).data.groups
        return [rule.health for group in groups for rule in group.rules]

    def has(self, metric: str) -> bool:
        """Has it a fresh sample of this metric?"""
        answer = self.client.get(f"{self.url}/api/v1/query", params={"query": f"count({metric})"}).raise_for_status()
        return bool(answer.json()["data"]["result"])

    def firing(self) -> list[Firing]:
        """Which alerts fire, by the rules as evaluated since the start? None at all before the first evaluation."""
        answer = self.client.get(f"{self.url}/api/v1/alerts").raise_for_status()
        alerts = msgspec.json.decode(answer.content, type=_Alerts).data.alerts
        return [alert for alert in alerts if alert.state == "firing"]

    def firing_names(self) -> set[str]:
        """Which rules' alerts fire?"""
        return {alert.labels["alertname"] for alert in self.firing()}

    @property
    def _data(self) -> Path:
        return self.folder / f"data-{self.generation}"

    def _answers(self) -> bool:
        try:
            return self.client.get(f"{self.url}/-/ready").status_code == httpx.codes.OK
        except httpx.TransportError:
            return False
