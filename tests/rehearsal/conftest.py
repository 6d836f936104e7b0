"""One rehearsal, up for all tests of this folder that leave it healthy."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from tests.rehearsal.rehearsals import Environment, Traces, run


@pytest.fixture(scope="session")
def environment() -> Iterator[Environment]:
    name = f"test-{os.getpid()}"
    started = run(name, "up")
    assert started.returncode == 0, started.stderr
    environment = Environment(name, json.loads(run(name, "provision").stdout))
    traces = Traces.of(environment)
    yield environment
    ended = run(name, "down")
    assert ended.returncode == 0, ended.stderr
    assert traces.left() == []
