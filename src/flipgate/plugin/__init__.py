"""All pytest glue: options, selection, collection, sentences, terminal. `conftest.py` takes in `PLUGINS`."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

PLUGINS = tuple(
    f"flipgate.plugin.{name}"
    for name in ("masking", "options", "command", "features", "playing", "terminal", "fixtures")
)


def take_in(manager: pytest.PytestPluginManager, names: Iterable[str]) -> None:
    """Register these modules as plugins.

    Named in `pytest_plugins`, each would be looked for in all distributions that are installed, and its asserts be
    rewritten, of which it has none: a third of the time that a stage needs to begin.
    """
    # A stage lasts seconds, and what it imports stays: to look for garbage in it is a tenth of the CPU that it takes.
    gc.set_threshold(50_000)
    for name in names:
        manager.register(import_module(name), name)
