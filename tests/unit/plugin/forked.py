"""Stage runs in processes that are forked from one that has imported everything: a real run in a tenth of a second."""

from __future__ import annotations

import gc
import multiprocessing
import os
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

import pytest

from flipgate.plugin import PLUGINS

_LATE = ("flipgate.plugin.opening", "flipgate.plugin.fixtures", "flipgate.evidence.report")
_OWN = ("FLIPGATE_REPORTS", "FLIPGATE_ENV", "CI", "PYTEST_ADDOPTS", "PYTEST_PLUGINS")


def stage_run(root: Path, shown: Path) -> ForkServerProcess:
    """Start `pytest -m preflight --env dev` in this project; what the operator sees goes to `shown`."""
    process = _context().Process(target=_play, args=(root, shown), daemon=True)
    process.start()
    return process


def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["pytest", "pytest_bdd.plugin", *PLUGINS, *_LATE])
    return context


def _play(root: Path, shown: Path) -> None:
    os.chdir(root)
    gc.freeze()  # what was imported before the fork is nobody's garbage
    for name in _OWN:
        os.environ.pop(name, None)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    with shown.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os._exit(pytest.main(["-m", "preflight", "--env", "dev", "-p", "pytest_bdd.plugin", "-p", "no:cacheprovider"]))
