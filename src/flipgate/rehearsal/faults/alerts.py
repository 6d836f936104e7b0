"""Prometheus, its rules, and the alerts that it hands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault
from flipgate.rehearsal.components import rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_OPEN = "No dualwrite alert is open, silenced, inhibited or on its way"
_HEARD = "Somebody would hear a dualwrite alert"
_FIRST = "The error rate stays below its limit for ten minutes after the first flip"


@fault("B20", Trial("preflight", _OPEN, STOP, told="silenced"))
def silenced_alert(world: World) -> Iterator[None]:
    """A critical dualwrite alert is open, and silenced in Alertmanager."""
    names = (*rules.HEALTHY, rules.WRITER_LAGGING)
    world.prometheus.load(rules.rule_file(*names), set(names))
    world.hand_on(rules.WRITER_LAGGING)
    world.alertmanager.silence(rules.WRITER_LAGGING)
    yield
    world.prometheus.load(rules.rule_file(), set(rules.HEALTHY))
    world.alertmanager.end_silences()
    world.hand_on(rules.WATCHDOG)


@fault("B19", Trial("preflight", _HEARD, HOLD, told="DualwriteDriftPersisting"))
def rules_not_loaded(world: World) -> Iterator[None]:
    """Prometheus runs without the two dualwrite rules, so that nothing can fire."""
    world.prometheus.load(rules.rule_file(rules.WATCHDOG), {rules.WATCHDOG})
    yield
    world.prometheus.load(rules.rule_file(), set(rules.HEALTHY))


@fault(
    "",
    Trial("preflight", _HEARD, HOLD, told="prometheus: no answer"),
    Trial("after_flip_1", _FIRST, HOLD, told="prometheus: no answer"),
    Trial("before_flip_3", "The third flip waits for a green second one", HOLD, told="HOLD", after=("after_flip_2",)),
)
def prometheus_down(world: World) -> Iterator[None]:
    """Prometheus does not run."""
    world.prometheus.stop()
    yield
    # On the data that it had; the scrapes that it missed stay missing.
    world.prometheus.start()
    world.hand_on(rules.WATCHDOG)
