"""Sentences about alerts and the rules that raise them."""

from flipgate.core.facts.alerts import AlertReading
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.gates import alerts
from flipgate.plugin.scene import Scene
from flipgate.plugin.sentences import then, when
from flipgate.probes.readings import alerts as reading


@when("the alerts and their rules are read")
def alerts_and_rules(scene: Scene) -> Observation[AlertReading]:
    """Alertmanager's alerts, silenced and inhibited ones too, beside Prometheus' alerting rules."""
    return reading.alerts(scene.systems)


@then("no {component:name} alert is open")
def none_open(its: Observation[AlertReading], component: str) -> Judgement:
    """Open: active, silenced or inhibited."""
    return alerts.none_may_be_open(its, component=component)


@then("no {component:name} alert is pending")
def none_pending(its: Observation[AlertReading], component: str) -> Judgement:
    """Pending: its condition holds, its time has not yet passed."""
    return alerts.none_may_be_pending(its, component=component)


@then("the watchdog fires")
def watchdog_fires(its: Observation[AlertReading]) -> Judgement:
    """The alert that always fires arrives at Alertmanager."""
    return alerts.watchdog_must_fire(its)


@then("the rules {first:name} and {second:name} are loaded and healthy")
def rules_loaded(its: Observation[AlertReading], first: str, second: str) -> Judgement:
    """Loaded, evaluated without error, over series that exist."""
    return alerts.rules_must_be_loaded(its, names=f"{first}, {second}")
