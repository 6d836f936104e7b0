"""How does a scenario become a test? One item each, under the path of its feature file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import pytest_bdd

from flipgate.core.errors import Refused
from flipgate.evidence.records import GateText
from flipgate.plugin.command import COMMAND, Command
from flipgate.plugin.manifest import gates_of
from flipgate.plugin.stages import WRITES


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A feature file is parsed only where the stage's word occurs in its bytes: others cannot hold a gate of it."""
    command = parent.config.stash.get(COMMAND, None)
    if command is None or file_path.suffix != ".feature" or not command.selection.touches_gates:
        return None
    if command.selection.stage and command.selection.stage.encode() not in file_path.read_bytes():
        return None
    return FeatureFile.from_parent(parent, path=file_path)


class FeatureFile(pytest.File):
    """One feature file. Its scenarios are items named by their titles."""

    def collect(self) -> Iterable[pytest.Item]:
        stage = self.config.stash[COMMAND].selection.stage
        for gate in gates_of(self.path, self.config.rootpath):
            if stage and stage not in gate.tags:
                continue
            yield GateItem.from_parent(self, name=gate.title, callobj=_playing(self.path, gate), gate=gate)


class GateItem(pytest.Function):
    """One scenario, with the text that it was made from."""

    def __init__(self, *, gate: GateText, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.gate = gate

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.gate.title


def _playing(path: Path, gate: GateText) -> Callable[..., object]:
    @pytest_bdd.scenario(path.name, gate.title, features_base_dir=str(path.parent))
    def play(scene: Any) -> None:
        scene.end()

    return play


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_apply_tag(tag: str) -> bool | None:
    """Tags such as `section:7.4` and `owner:founder` are facts for the reader, not markers."""
    return True if ":" in tag else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Gates of other runbooks are none of this run; nor, in an exploratory one, are gates that write."""
    command = config.stash.get(COMMAND, None)
    if command is None or not command.selection.touches_gates:
        return
    kept = [item for item in items if not isinstance(item, GateItem) or _is_of(command, item.gate)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = sorted(kept, key=lambda item: _place(item.gate) if isinstance(item, GateItem) else ())


def _is_of(command: Command, gate: GateText) -> bool:
    return command.runbook in gate.tags and not (command.selection.exploratory and WRITES in gate.tags)


def _place(gate: GateText) -> tuple[int, ...]:
    """Gates are told in the order of the runbook's sections, and of the text within one."""
    return tuple(int(part) for part in gate.section.split(".") if part.isdigit())


def manifest(command: Command, root: Path) -> tuple[GateText, ...]:
    """Which gates must a stage run judge? Those that the text of its runbook holds, whatever was collected.

    Errors: Refused where the stage has no gate in this runbook.
    """
    stage = command.selection.stage
    paths = sorted((root / "features" / command.runbook).rglob("*.feature"))
    gates = [gate for path in paths if stage.encode() in path.read_bytes() for gate in gates_of(path, root)]
    found = tuple(gate for gate in gates if stage in gate.tags and command.runbook in gate.tags)
    if not found:
        raise Refused(f"{command.runbook} has no gate in stage {stage}")
    return tuple(sorted(found, key=_place))
