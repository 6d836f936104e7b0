"""The ways in which the environment can be broken, and what only looks so: small families of them, a file each."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import FAULTS, ORG_V23
from flipgate.rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from flipgate.rehearsal.catalogue import Fault
    from flipgate.rehearsal.protocol import FaultChange
    from flipgate.rehearsal.world import World


def catalogue(runbook: str = ORG_V23) -> list[Fault]:
    """Which faults and look-alikes does a runbook have, by family?"""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")
    own = [fault for fault in FAULTS.values() if fault.runbook == runbook]
    return sorted(own, key=lambda fault: (fault.family, fault.is_look_alike))


def named(name: str, runbook: str = ORG_V23) -> Fault:
    """Which fault of a runbook has this name? Errors: RehearsalError."""
    known = {fault.name: fault for fault in catalogue(runbook)}
    if name not in known:
        raise RehearsalError(f'no fault is named "{name}"; there are: {", ".join(sorted(known))}')
    return known[name]


def change(world: World, asked: FaultChange) -> list[str]:
    """Inject a fault into the world, or take it back. Returns what a person is told."""
    fault = named(asked.name, world.runbook)
    if asked.undo:
        world.broken.undo(fault)
        return [f"took back {fault.name}"]
    world.dice.seed(asked.seed)
    world.broken.inject(world, fault)
    return [f"injected {fault.name}: {fault.about}"]
