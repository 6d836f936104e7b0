"""The plugins of the suite; nothing else stands here."""

import pytest

from flipgate.plugin import PLUGINS, take_in
from steps import SENTENCES


def pytest_addoption(pluginmanager: pytest.PytestPluginManager) -> None:
    """The first moment at which pytest takes plugins from here."""
    take_in(pluginmanager, [*PLUGINS, *SENTENCES])
