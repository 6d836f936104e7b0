"""A Prometheus of our own, with a past that the test writes."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

CONFIG = """\
global:
  scrape_interval: 15s
  external_labels: {environment: dev}
rule_files: [rules.yml]
"""
RULES = """\
groups:
  - name: dualwrite
    interval: 1s
    rules:
      - {alert: DualwriteDriftPersisting, expr: "max_over_time(dualwrite_open_drift[5m]) > 0"}
      - {alert: DualwriteReconcilerStalled, expr: "time() - no_such_metric > 3960"}
      - {alert: Watchdog, expr: "vector(1)"}
"""


def program(name: str) -> str:
    """Where is this program? Skips the test where it is not."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "flipgate" / "components" / "usr" / "bin"
    found = shutil.which(name) or shutil.which(name, path=str(cache))
    if found is None:
        pytest.skip(f"{name} is not here: scripts/components.sh brings it")
    return found


@contextmanager
def prometheus(folder: Path, history: str) -> Iterator[str]:
    """At which address does a Prometheus serve this history (OpenMetrics text without its end)?"""
    (folder / "history").write_text(history + "# EOF\n")
    (folder / "prometheus.yml").write_text(CONFIG)
    (folder / "rules.yml").write_text(RULES)
    made = [program("promtool"), "tsdb", "create-blocks-from", "openmetrics", "history", "data"]
    subprocess.run(made, cwd=folder, check=True, capture_output=True, timeout=30)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    started = [program("prometheus"), "--config.file=prometheus.yml", "--storage.tsdb.path=data"]
    started += [f"--web.listen-address={address}", "--storage.tsdb.retention.time=10y", "--log.level=error"]
    process = subprocess.Popen(started, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_until_ready(f"http://{address}")
        yield f"http://{address}"
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + 20
    with httpx.Client(trust_env=False, timeout=2) as client:
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.TransportError):
                reply = client.get(f"{url}/api/v1/rules")
                groups = reply.json()["data"]["groups"] if reply.status_code == 200 else []
                if groups and all(rule["health"] == "ok" for rule in groups[0]["rules"]):
                    return
            time.sleep(0.05)
    pytest.fail("Prometheus did not become ready")
