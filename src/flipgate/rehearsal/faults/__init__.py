"""The ways in which the environment can be broken: one module each, with `inject(world)` and `undo(world)`.

A fault that only a fresh environment takes back has `UNDO = None` instead of `undo`.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

from flipgate.rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from types import ModuleType

    from flipgate.rehearsal.world import World


def names() -> list[str]:
    """Which faults are there?"""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def about(name: str) -> str:
    """What is wrong while this fault is in? The first line of its module."""
    return (_module(name).__doc__ or "").strip().splitlines()[0]


def change(world: World, name: str, *, undo: bool) -> list[str]:
    """Inject a fault into the world, or take it back. Returns what a person is told."""
    module = _module(name)
    if not undo:
        module.inject(world)
        return [f"injected {name}: {about(name)}"]
    if not hasattr(module, "undo"):
        raise RehearsalError(f"{name} cannot be taken back: start a fresh environment")
    module.undo(world)
    return [f"took back {name}"]


def _module(name: str) -> ModuleType:
    if name not in names():
        raise RehearsalError(f'no fault is named "{name}"; there are: {", ".join(names())}')
    return import_module(f"{__name__}.{name}")
