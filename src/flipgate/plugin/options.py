"""Which options does a run take?"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flipgate.plugin.stages import STAGES

FEATURES = "features"


def runbooks_of(root: Path) -> tuple[str, ...]:
    """Which runbooks are written down here? Each is a folder of features."""
    return tuple(sorted(path.parent.name for path in (root / FEATURES).glob("*/runbook.toml")))


def reports_of(config: pytest.Config) -> Path:
    """Where are ledgers and reports kept? In `reports/`, or where FLIPGATE_REPORTS says."""
    return config.rootpath / (os.environ.get("FLIPGATE_REPORTS") or "reports")


def pytest_addoption(parser: pytest.Parser) -> None:
    """--env, --flipped-at, --writes-on-prod."""
    group = parser.getgroup("flipgate", "flipgate: go/no-go for cutovers")
    group.addoption(
        "--env", metavar="NAME", default=None, help="environments/NAME.toml (default: FLIPGATE_ENV, rehearsal)"
    )
    group.addoption(
        "--flipped-at",
        metavar="FLAG=TIME",
        action="append",
        default=[],
        help="when the operator flipped FLAG, RFC 3339 with its zone; must not contradict the ledger",
    )
    group.addoption(
        "--writes-on-prod",
        action="store_true",
        help="the second word without which gates that carry @writes do not run on a prod tier",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register stages and runbooks as markers: with --strict-markers a misspelt tag is an error."""
    for stage, meaning in STAGES.items():
        config.addinivalue_line("markers", f"{stage}: stage, {meaning}")
    for runbook in runbooks_of(config.rootpath):
        config.addinivalue_line("markers", f"{runbook}: gates of this runbook")
    config.addinivalue_line("markers", "browser: needs a browser")
    config.addinivalue_line("markers", "writes: changes test records; needs the environment's word")
