"""Prometheus, its rules, and the alerts that it hands on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal import mirror
from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault, look_alike
from flipgate.rehearsal.components import rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_OPEN = "No dualwrite alert is open, silenced, inhibited or on its way"
_NOW = "No series of open drift is above zero, and none was for a whole interval"
_HEARD = "Somebody would hear a dualwrite alert"
_FIRST = "The error rate stays below its limit for ten minutes after the first flip"


@fault("B20", Trial("preflight", _OPEN, STOP, told="silenced"))
def silenced_alert(world: World) -> Iterator[None]:
    """A critical dualwrite alert is open, and silenced in Alertmanager."""
    names = (*world.alerts, rules.WRITER_LAGGING)
    world.load_rules(*names)
    world.hand_on(rules.WRITER_LAGGING)
    world.alertmanager.silence(rules.WRITER_LAGGING)
    yield
    world.load_rules()
    world.alertmanager.end_silences()


@fault("B19", Trial("preflight", _HEARD, HOLD, told="DualwriteDriftPersisting"))
def rules_not_loaded(world: World) -> Iterator[None]:
    """Prometheus runs without the two dualwrite rules, so that nothing can fire."""
    world.load_rules(rules.WATCHDOG)
    yield
    world.load_rules()


@fault("B2", Trial("preflight", _HEARD, HOLD, told="DualwriteDriftPersisting names series that do not exist"))
def rule_that_is_always_quiet(world: World) -> Iterator[None]:
    """The rule of drift asks for a series that nobody tells, and takes its absence for 0."""
    quiet = "(min_over_time(dualwrite_open_drift_rows[5m]) or vector(0)) > 0"
    world.load_rules(instead={rules.DRIFT: quiet})
    yield
    world.load_rules()


@fault("B18", Trial("preflight", _HEARD, HOLD, told="DualwriteDriftPersisting has health 'err'"))
def rule_that_fails(world: World) -> Iterator[None]:
    """The rule of drift is loaded, and fails each time that it is evaluated."""
    failing = "dualwrite_open_drift * on (job) dualwrite_open_drift > 0"
    world.load_rules(instead={rules.DRIFT: failing})
    yield
    world.load_rules()


@look_alike("B18 B19", Trial("preflight", _HEARD))
def rules_evaluated_slowly(world: World) -> Iterator[None]:
    """The rules are evaluated every three seconds only; they are loaded, healthy and quiet."""
    world.load_rules(every_s=3)
    yield
    world.load_rules()


@look_alike("B20", Trial("preflight", _OPEN))
def alert_of_another_component(world: World) -> Iterator[None]:
    """A critical alert of the portal is open, and silenced: it is nothing to the dual write."""
    world.load_rules(*world.alerts, rules.PORTAL_SLOW)
    world.hand_on(rules.PORTAL_SLOW)
    world.alertmanager.silence(rules.PORTAL_SLOW)
    yield
    world.load_rules()
    world.alertmanager.end_silences()


@fault("B21", Trial("preflight", _NOW, HOLD, told="reconciler: no answer"))
def alert_resolved_by_silence(world: World) -> Iterator[None]:
    """The alert of drift was open, and has resolved: the reconciler is gone, and its series with it."""
    mirror.lose_memberships(world, rows=3)
    world.advance(6 * 60)
    with world.fleet.away("dualwrite-reconciler", pod=0):
        world.advance(6 * 60)
        yield
    mirror.repair(world)
    world.advance(rules.DETECT_INTERVAL_S + 60)


@look_alike("B21", Trial("preflight", _OPEN))
def alert_that_resolved(world: World) -> Iterator[None]:
    """The alert of drift was open, and has resolved: the rows were mirrored again, more than an interval ago."""
    mirror.lose_memberships(world, rows=3)
    world.advance(6 * 60)
    mirror.repair(world)
    world.advance(rules.DETECT_INTERVAL_S + 60)
    yield


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
