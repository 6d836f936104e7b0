"""Which fixtures do steps and scenarios get?"""

from __future__ import annotations

import pytest

from flipgate.plugin.command import COMMAND
from flipgate.plugin.features import GateItem
from flipgate.plugin.scene import Scene


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> Scene:
    """The scenario that is being played."""
    command = request.config.stash[COMMAND]
    if command.run is None or not isinstance(request.node, GateItem):
        raise pytest.UsageError("scene is for gates: scenarios under features/, run by `pytest -m <stage>`")
    return Scene(command.run, request.node.gate)
