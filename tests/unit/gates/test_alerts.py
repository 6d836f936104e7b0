from __future__ import annotations

import pytest

from flipgate.core.facts.alerts import Alert, AlertReading, AlertRule
from flipgate.core.observation import Observation
from flipgate.gates.alerts import none_may_be_open, none_may_be_pending, rules_must_be_loaded, watchdog_must_fire
from tests.unit.gates.given import GO, HOLD, NOW, STOP, ago, says, seen

PERSISTING, STALLED = "DualwriteDriftPersisting", "DualwriteReconcilerStalled"


def alert(name: str, state: str = "active", silenced: bool = False, inhibited: bool = False, **labels: str) -> Alert:  # noqa: FBT001, FBT002
    muted = ("some id",)
    return Alert({"alertname": name, **labels}, state, ago(60), muted * silenced, muted * inhibited)


def rule(name: str, state: str = "inactive", health: str = "ok", missing: tuple[str, ...] = ()) -> AlertRule:
    return AlertRule(name, "up == 0", health, state, NOW, missing)


WATCHDOG = alert("Watchdog")
QUIET = rule(PERSISTING), rule(STALLED)


def reading(*alerts: Alert, rules: tuple[AlertRule, ...] = QUIET) -> Observation[AlertReading]:
    return seen(AlertReading(alerts, rules, "Watchdog"))


def test_no_alert_but_the_watchdog_is_go() -> None:
    its = reading(WATCHDOG)
    says(watchdog_must_fire(its), GO)
    says(none_may_be_open(its, component="dualwrite"), GO)
    says(none_may_be_pending(its, component="dualwrite"), GO)


def test_an_alertmanager_that_nobody_feeds_proves_nothing() -> None:
    says(watchdog_must_fire(reading(alert("Other"))), HOLD)
    says(none_may_be_open(reading(), component="dualwrite"), HOLD, "Watchdog")


@pytest.mark.parametrize(
    "opened",
    [
        alert(PERSISTING, severity="warning"),
        alert(STALLED, "suppressed", silenced=True),
        alert(STALLED, "suppressed", inhibited=True),
        alert(PERSISTING, "unprocessed"),
        alert("DualwriteOther", severity="critical"),
        alert("MirrorBehind", component="dualwrite", severity="critical"),
    ],
)
def test_an_open_dualwrite_alert_is_stop_however_muted(opened: Alert) -> None:
    says(none_may_be_open(reading(WATCHDOG, opened), component="dualwrite"), STOP, opened.labels["alertname"])


def test_an_open_alert_is_stop_without_a_watchdog_too() -> None:
    says(none_may_be_open(reading(alert(PERSISTING)), component="dualwrite"), STOP)


@pytest.mark.parametrize(
    ("opened", "told"),
    [
        (alert("DualwriteSlow", severity="warning"), "DualwriteSlow since 2026-04-26 11:59:00 UTC, severity=warning"),
        (alert("DualwriteSlow", "suppressed", silenced=True), "DualwriteSlow (silenced) since"),
        (alert("DualwriteSlow", "suppressed", inhibited=True), "DualwriteSlow (inhibited) since"),
        (Alert({"component": "dualwrite"}, "active", ago(60), (), ()), " since 2026-04-26 11:59:00 UTC, component="),
    ],
)
def test_another_dualwrite_alert_that_is_not_critical_is_hold(opened: Alert, told: str) -> None:
    judgement = none_may_be_open(reading(WATCHDOG, opened), component="dualwrite")
    says(judgement, HOLD)
    assert judgement.seen.startswith(told)


def test_alerts_of_other_components_are_not_judged() -> None:
    its = reading(WATCHDOG, alert("DiskFull", severity="critical", component="storage"))
    says(none_may_be_open(its, component="dualwrite"), GO)


def test_a_rule_that_fires_unheard_is_stop() -> None:
    its = reading(WATCHDOG, rules=(rule(PERSISTING, "firing"), rule(STALLED)))
    says(none_may_be_open(its, component="dualwrite"), STOP, "unknown to Alertmanager")
    its = reading(WATCHDOG, rules=(rule("DualwriteSlow", "firing"), *QUIET))
    says(none_may_be_open(its, component="dualwrite"), HOLD, "unknown to Alertmanager")


def test_a_pending_alert_is_hold() -> None:
    its = reading(WATCHDOG, rules=(rule(PERSISTING, "pending"), rule(STALLED)))
    says(none_may_be_pending(its, component="dualwrite"), HOLD, PERSISTING)


def test_no_rule_of_the_component_is_not_quiet() -> None:
    says(none_may_be_pending(reading(WATCHDOG, rules=(rule("DiskFull"),)), component="dualwrite"), HOLD)


NAMES = f"{PERSISTING}, {STALLED}"


def test_loaded_and_healthy_rules_are_go() -> None:
    says(rules_must_be_loaded(reading(), names=NAMES), GO, "2 of 2")
    says(rules_must_be_loaded(reading(), names=" , "), HOLD, "no rule is named")


@pytest.mark.parametrize(
    ("stalled", "word"),
    [
        ((), "not loaded"),
        ((rule(STALLED, health="err"),), "'err'"),
        ((rule(STALLED, health="unknown"),), "'unknown'"),
        ((rule(STALLED, missing=("dualwrite_gone",)),), "dualwrite_gone"),
        ((AlertRule(STALLED, "x", "ok", "inactive", None),), "never evaluated"),
        ((rule(STALLED), rule(STALLED, health="err")), "'err'"),
    ],
)
def test_a_rule_that_cannot_fire_is_hold(stalled: tuple[AlertRule, ...], word: str) -> None:
    says(rules_must_be_loaded(reading(rules=(rule(PERSISTING), *stalled)), names=NAMES), HOLD, STALLED, word)
