"""A critical dualwrite alert is open, and silenced in Alertmanager.

Preflight, alerts: STOP. A silence alone, over nothing that is open, is healthy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.components import rules

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def inject(world: World) -> None:
    """Add a rule that fires, hand its alert on, and silence it."""
    names = (*rules.HEALTHY, rules.WRITER_LAGGING)
    world.prometheus.load(rules.rule_file(*names), set(names))
    world.hand_on(rules.WRITER_LAGGING)
    world.alertmanager.silence(rules.WRITER_LAGGING)


def undo(world: World) -> None:
    """Take the rule away and end the silence; returns when the alert is closed."""
    world.prometheus.load(rules.rule_file(), set(rules.HEALTHY))
    world.alertmanager.end_silences()
    world.hand_on(rules.WATCHDOG)
