"""Prometheus runs without the two dualwrite rules, so that nothing can fire.

Preflight, alerts: HOLD.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.components import rules

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Load a rule file with the watchdog alone."""
    world.prometheus.load(rules.rule_file(rules.WATCHDOG), {rules.WATCHDOG})


def undo(world: World) -> None:
    """Load all rules."""
    world.prometheus.load(rules.rule_file(), set(rules.HEALTHY))
