"""Is the alerting alive, does it watch the dual write, and is it quiet?"""

from __future__ import annotations

from collections.abc import Iterator

from flipgate.core.facts.alerts import Alert, AlertReading, AlertRule
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named, utc

# Runbook §3.3 names these two: either one open is a hard stop, whatever its severity label says.
HARD_STOPS = "DualwriteDriftPersisting, DualwriteReconcilerStalled"


@gate
def watchdog_must_fire(its: Observation[AlertReading]) -> Judgement:
    """Does the alert that always fires reach Alertmanager, so that silence means quiet?"""
    claim = Claim("watchdog alert", f'"{its.value.watchdog}" fires, which proves that Prometheus feeds Alertmanager')
    found = _watchdog(its.value)
    if found is None:
        return claim.hold(f"absent among {len(its.value.open)} open alerts: nothing proves that alerts would arrive")
    return claim.go(f"fires since {utc(found.starts_at)}")


@gate
def rules_must_be_loaded(its: Observation[AlertReading], *, names: str) -> Judgement:
    """Are these rules loaded, healthy and evaluated, over series that exist?"""
    wanted = _split(names)
    claim = Claim("alert rules", f"loaded, healthy, evaluated, over series that exist: {named(wanted)}")
    if not wanted:
        return claim.hold("no rule is named")
    findings = [one for name in wanted for one in _unfit(claim, name, its.value.rules)]
    return claim.against(findings, fine=f"{len(wanted)} of {len(wanted)} rules")


@gate
def none_may_be_open(its: Observation[AlertReading], *, component: str, hard_stops: str = HARD_STOPS) -> Judgement:
    """Is no alert of this component open? Silenced and inhibited ones are open; so is a rule that fires unheard.

    Open is STOP for the named alerts and for any critical one, HOLD for the rest.
    """
    claim = Claim(f"open {component} alerts", "none, silenced and inhibited ones included")
    findings = []
    if _watchdog(its.value) is None:
        findings.append(claim.hold(f'the watchdog "{its.value.watchdog}" is absent: no alert would be seen here'))
    stopping = {name.casefold() for name in _split(hard_stops)}
    alerts = [alert for alert in its.value.open if _belongs(alert, component)]
    for alert in alerts:
        hard = _name(alert).casefold() in stopping or alert.labels.get("severity", "").casefold() == "critical"
        findings.append((claim.stop if hard else claim.hold)(_told(alert)))
    heard = {_name(alert) for alert in alerts}
    for rule in its.value.rules:
        if rule.state == "firing" and _named_after(rule.name, component) and rule.name not in heard:
            made = claim.stop if rule.name.casefold() in stopping else claim.hold
            findings.append(made(f"{rule.name} fires in Prometheus and is unknown to Alertmanager"))
    return claim.against(findings, fine=f"none among {len(its.value.open)} open alerts")


@gate
def none_may_be_pending(its: Observation[AlertReading], *, component: str) -> Judgement:
    """Is no alert of this component on its way to fire?"""
    claim = Claim(f"pending {component} alerts", "none")
    rules = [rule for rule in its.value.rules if _named_after(rule.name, component)]
    if not rules:
        return claim.hold(f"no {component} rule is loaded")
    if pending := [rule.name for rule in rules if rule.state != "inactive"]:
        return claim.hold(f"on the way or open: {named(pending)}")
    return claim.go(f"{len(rules)} of {len(rules)} rules inactive")


def _split(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


def _name(alert: Alert) -> str:
    return alert.labels.get("alertname", "")


def _watchdog(reading: AlertReading) -> Alert | None:
    name = reading.watchdog
    return next((alert for alert in reading.open if name and _name(alert) == name), None)


def _named_after(name: str, component: str) -> bool:
    return bool(component) and name.casefold().startswith(component.casefold())


def _belongs(alert: Alert, component: str) -> bool:
    return _named_after(_name(alert), component) or alert.labels.get("component", "").casefold() == component.casefold()


def _told(alert: Alert) -> str:
    muted = " (silenced)" * bool(alert.silenced_by) + " (inhibited)" * bool(alert.inhibited_by)
    where = [f"{key}={value}" for key, value in sorted(alert.labels.items()) if key != "alertname"]
    return named([f"{_name(alert)}{muted} since {utc(alert.starts_at)}, {' '.join(where)}"])


def _unfit(claim: Claim, name: str, rules: tuple[AlertRule, ...]) -> Iterator[Judgement]:
    found = [rule for rule in rules if rule.name == name]
    if not found:
        yield claim.hold(f"{name} is not loaded")
    for rule in found:
        if rule.health != "ok":
            yield claim.hold(f"{name} has health {rule.health!r}")
        if rule.evaluated_at is None:
            yield claim.hold(f"{name} was never evaluated")
        if rule.missing_series:
            yield claim.hold(f"{name} names series that do not exist: {named(rule.missing_series)}")
