"""Rehearsals as a user meets them: through the command, the protocol and the printed endpoints."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
import psycopg
import redis

COMMAND = [sys.executable, "-m", "flipgate.rehearsal.cli"]
PATIENCE_S = 30.0


def run(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command against the rehearsal of a name."""
    return subprocess.run(
        [*COMMAND, *words],
        env={**os.environ, "FLIPGATE_REHEARSAL": name},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S * 6,
        check=False,
    )


@dataclass(frozen=True)
class Environment:
    """A rehearsal that runs, as its printed description tells it."""

    name: str
    printed: dict[str, Any]
    options: tuple[str, ...] = ()

    @property
    def endpoints(self) -> dict[str, Any]:
        return dict(self.printed["endpoints"])

    @property
    def folder(self) -> Path:
        return Path(self.endpoints["postgres"]["password"].removeprefix("file:")).parents[1]

    @cached_property
    def client(self) -> httpx.Client:
        return httpx.Client(trust_env=False, timeout=10)

    def command(self, *words: str) -> list[str]:
        """Run the command; it has to succeed. Returns its lines."""
        done = run(self.name, *words, *self.options)
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    def offset_s(self) -> float:
        """By how much has the world aged now?"""
        printed = json.loads("\n".join(self.command("provision")))
        return float(printed["clock"]["offset_s"])

    def redis(self) -> redis.Redis:
        at = self.endpoints["redis"]
        password = first_line(at["password"])
        return redis.Redis(at["host"], at["port"], username=at["username"], password=password, decode_responses=True)

    def postgres(self) -> psycopg.Connection[tuple[Any, ...]]:
        at = dict(self.endpoints["postgres"])
        at["password"] = first_line(at["password"])
        return psycopg.connect(**at, autocommit=True)

    def query(self, query: str, at: float | None = None) -> list[dict[str, Any]]:
        """Ask Prometheus, in server time."""
        asked = {"query": query, **({} if at is None else {"time": str(at)})}
        answer = self.client.get(f"{self.endpoints['prometheus']['url']}/api/v1/query", params=asked)
        return list(answer.raise_for_status().json()["data"]["result"])

    def metrics(self) -> str:
        """What does the reconciler's exporter tell now?"""
        return self.client.get(self.endpoints["reconciler"]["metrics_url"]).raise_for_status().text

    def alerts(self) -> dict[str, str]:
        """Which alerts does Alertmanager hold, and in which state?"""
        return {alert["labels"]["alertname"]: alert["status"]["state"] for alert in self.open_alerts()}

    def open_alerts(self) -> list[dict[str, Any]]:
        answer = self.client.get(f"{self.endpoints['alertmanager']['url']}/api/v2/alerts").raise_for_status()
        return list(answer.json())

    def log(self, deployment: str) -> list[dict[str, Any]]:
        """The records of a deployment's first pod, oldest first."""
        path = min(path for path in (self.folder / "logs" / deployment).glob("*.log") if "previous" not in path.name)
        return [json.loads(line) for line in path.read_text().splitlines()]

    def pids(self) -> list[int]:
        return [int(found[1]) for line in self.command("status") if (found := re.search(r"runs as (\d+)", line))]

    def ports(self) -> list[int]:
        return [int(port) for port in set(re.findall(r"127\.0\.0\.1:(\d+)", json.dumps(self.endpoints)))] + [
            int(facts["port"]) for facts in self.endpoints.values() if "port" in facts
        ]


class Provisioned:
    """`provision` as the suite runs it: a pipe to its stdin, a line for each request."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "provision"],
            env={**os.environ, "FLIPGATE_REHEARSAL": "none-of-this-name"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        printed = self._line()
        # The name is part of the folder's: flipgate-rehearsal-<uid>-<name>.
        folder = Path(printed["endpoints"]["reports"]["directory"]).parent
        self.environment = Environment(folder.name.split("-", 3)[3], printed)

    def ask(self, line: str) -> dict[str, Any]:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self._line()

    def close(self) -> int:
        """End its stdin, and wait for its end."""
        if self.process.stdin:
            self.process.stdin.close()
        return self.process.wait(PATIENCE_S)

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout
        return dict(json.loads(self.process.stdout.readline()))


@dataclass(frozen=True)
class Traces:
    """What a rehearsal can leave behind."""

    folder: Path
    pids: list[int]
    ports: list[int]

    @classmethod
    def of(cls, environment: Environment) -> Traces:
        return cls(environment.folder, environment.pids(), environment.ports())

    def left(self) -> list[str]:
        """What of it is still there?"""
        found = [str(path) for path in self.folder.parent.glob(f"{self.folder.name}*")]
        found += [f"process {pid}" for pid in self.pids if _runs(pid)]
        return found + [f"port {port}" for port in self.ports if _listens(port)]

    def gone(self) -> list[str]:
        """Wait until nothing is left; what stays is returned."""
        deadline = time.monotonic() + PATIENCE_S
        while (left := self.left()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return left


def first_line(reference: str) -> str:
    return Path(reference.removeprefix("file:")).read_text().splitlines()[0]


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
