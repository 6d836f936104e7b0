"""All pytest glue: options, selection, collection, sentences, terminal. `conftest.py` takes in `PLUGINS`."""

from __future__ import annotations

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
    for name in names:
        manager.register(import_module(name), name)
