from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from flipgate.core.facts.drift import DriftNow, DriftReading
from flipgate.core.facts.series import Series, SeriesSet
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.core.window import Window
from flipgate.gates.drift import (
    every_series_must_be_zero,
    every_tenant_must_have_a_series,
    interval_must_agree,
    must_have_been_zero_for_an_interval,
    reconciler_must_be_fresh,
)
from tests.unit.gates.given import GO, HOLD, INF, NAN, NOW, STOP, ago, last, says, scraped, seen, up, without

INTERVAL_S = 600.0
SCRAPES = 42
ACME = {"tenant": "acme", "table": "org_units"}


def reading(
    now: Sequence[tuple[dict[str, str], float]] = ((ACME, 0.0),),
    history: tuple[Series, ...] | None = None,
    scrapes: tuple[Series, ...] = (up("reconciler", SCRAPES),),
    last_pass_at: datetime | None = NOW,
    deployed_interval_s: float | None = INTERVAL_S,
    tenants: tuple[str, ...] = ("acme",),
) -> Observation[DriftReading]:
    kept = (scraped(ACME, [0.0] * SCRAPES),) if history is None else history
    series = SeriesSet("dualwrite_open_drift", kept, scrapes, 15.0, 1)
    exported = tuple(DriftNow(labels, value) for labels, value in now)
    fact = DriftReading(exported, series, last_pass_at, INTERVAL_S, deployed_interval_s, tenants)
    return seen(fact, last(INTERVAL_S))


def declared(interval_s: float) -> Observation[DriftReading]:
    its = reading()
    return replace(its, value=replace(its.value, detect_interval_s=interval_s))


def history(values: Sequence[float], **labels: str) -> tuple[Series, ...]:
    return (scraped(ACME | labels, values),)


def test_zero_in_every_series_is_go() -> None:
    says(every_series_must_be_zero(reading()), GO)


def test_a_labelled_drift_series_is_seen() -> None:
    says(every_series_must_be_zero(reading([({}, 0.0), (ACME, 3.0)])), STOP, 'tenant="acme"', "= 3")


def test_an_unlabelled_drift_series_is_seen() -> None:
    says(every_series_must_be_zero(reading([({}, 1.0)])), STOP, "without labels")


@pytest.mark.parametrize("value", [NAN, -1.0, INF, -INF])
def test_what_is_no_measure_of_drift_is_hold(value: float) -> None:
    says(every_series_must_be_zero(reading([(ACME, value)])), HOLD, "no measure")


def test_drift_beside_nan_is_still_stop() -> None:
    says(every_series_must_be_zero(reading([(ACME, NAN), ({}, 2.0)])), STOP)


def test_a_series_exported_twice_is_hold() -> None:
    says(every_series_must_be_zero(reading([(ACME, 0.0), (ACME, 0.0)])), HOLD, "more than once")


def test_a_clean_interval_is_go() -> None:
    says(must_have_been_zero_for_an_interval(reading()), GO)


def test_drift_inside_the_interval_is_hold_until_one_whole_interval_is_clean() -> None:
    values = [0.0] * SCRAPES
    values[-11] = 2.0
    judgement = must_have_been_zero_for_an_interval(reading(history=history(values)))
    says(judgement, HOLD, "= 2", "2026-04-26 11:57:30 UTC")
    assert judgement.ready_at == NOW - timedelta(seconds=150) + timedelta(seconds=INTERVAL_S)


def test_drift_older_than_the_interval_is_go() -> None:
    says(must_have_been_zero_for_an_interval(reading(history=history([2.0, 2.0] + [0.0] * 40))), GO)
    says(must_have_been_zero_for_an_interval(reading(history=history([2.0, 2.0, 2.0] + [0.0] * 39))), HOLD)


def test_the_interval_ends_with_the_window_or_now() -> None:
    its = reading(history=history([0.0] * 41 + [2.0]))
    says(must_have_been_zero_for_an_interval(replace(its, window=Window.before(ago(15), INTERVAL_S))), GO)
    says(must_have_been_zero_for_an_interval(replace(its, window=None)), HOLD, "= 2")


def test_while_drift_is_open_no_time_of_readiness_is_promised() -> None:
    judgement = must_have_been_zero_for_an_interval(reading([(ACME, 2.0)], history=history([2.0] * SCRAPES)))
    says(judgement, HOLD)
    assert judgement.ready_at is None


def test_nan_in_the_history_is_hold() -> None:
    says(must_have_been_zero_for_an_interval(reading(history=history([0.0] * 41 + [NAN]))), HOLD, "nan")


def test_drift_seen_by_another_reconciler_process_counts() -> None:
    both = (*history([0.0] * SCRAPES, instance="a"), *history([0.0] * 30 + [1.0] * 12, instance="b"))
    says(must_have_been_zero_for_an_interval(reading(history=both)), HOLD, "= 1, last at")


def test_a_restarted_reconciler_leaves_no_gap_in_a_tenants_table() -> None:
    before = without(history([0.0] * SCRAPES, instance="a")[0], *range(20, SCRAPES))
    after = without(history([0.0] * SCRAPES, instance="b")[0], *range(20))
    says(must_have_been_zero_for_an_interval(reading(history=(before, after))), GO)


@pytest.mark.parametrize(("missing", "verdict"), [((20, 21), GO), ((20, 21, 22), HOLD)])
def test_a_gap_of_more_than_two_samples_is_hold(missing: tuple[int, ...], verdict: object) -> None:
    gappy = without(history([0.0] * SCRAPES)[0], *missing)
    assert must_have_been_zero_for_an_interval(reading(history=(gappy,))).verdict is verdict


@pytest.mark.parametrize(
    ("ages_s", "verdict"),
    [
        ((600, 550, 500, 450, 400, 350, 300, 250, 200, 150, 100, 50, 0), GO),
        ((550, 500, 450, 400, 350, 300, 250, 200, 150, 100, 50, 0), HOLD),
        ((600, 550, 500, 450, 400, 350, 300, 250, 200, 150, 100, 50), HOLD),
    ],
)
def test_samples_at_both_ends_of_the_interval_count(ages_s: tuple[float, ...], verdict: Verdict) -> None:
    kept = Series(ACME, tuple((ago(age_s).timestamp(), 0.0) for age_s in ages_s))
    assert must_have_been_zero_for_an_interval(reading(history=(kept,))).verdict is verdict


def test_a_past_gap_ends_when_the_interval_has_left_it_behind() -> None:
    gone = (20, 21, 22)
    gappy, scrapes = without(history([0.0] * SCRAPES)[0], *gone), without(up("reconciler", SCRAPES), *gone)
    judgement = must_have_been_zero_for_an_interval(reading(history=(gappy,), scrapes=(scrapes,)))
    says(judgement, HOLD, "reconciler not scraped", "no samples of acme/org_units")
    assert judgement.ready_at == NOW - timedelta(seconds=15 * 18) + timedelta(seconds=INTERVAL_S)


def test_a_series_of_the_exporter_that_prometheus_does_not_keep_is_hold() -> None:
    globex = {"tenant": "globex", "table": "org_units"}
    says(must_have_been_zero_for_an_interval(reading([(ACME, 0.0), (globex, 0.0)])), HOLD, "globex/org_units")
    says(must_have_been_zero_for_an_interval(reading([({}, 0.0)])), HOLD, "no samples of no tenant/no table")


def test_a_series_that_vanished_is_hold() -> None:
    both = (*history([0.0] * SCRAPES), without(history([0.0] * SCRAPES, tenant="globex")[0], *range(30, SCRAPES)))
    says(must_have_been_zero_for_an_interval(reading(history=both)), HOLD, "globex/org_units")


@pytest.mark.parametrize("silent", ["exporter", "Prometheus"])
def test_exporter_and_prometheus_must_both_answer(silent: str) -> None:
    its = reading([]) if silent == "exporter" else reading(history=())
    says(must_have_been_zero_for_an_interval(its), HOLD, silent)


@pytest.mark.parametrize(("age_s", "verdict"), [(0, GO), (659, GO), (660, GO), (661, HOLD), (-2, GO), (-3, HOLD)])
def test_the_last_pass_is_at_most_a_little_more_than_an_interval_old(age_s: float, verdict: object) -> None:
    judgement = reconciler_must_be_fresh(reading(last_pass_at=ago(age_s)), intervals=1.1)
    assert (judgement.verdict, judgement.seen.startswith("0 s old")) == (verdict, age_s in (0, -2))


def test_a_pass_of_unknown_time_or_interval_is_hold() -> None:
    says(reconciler_must_be_fresh(reading(last_pass_at=None), intervals=1.1), HOLD, "not exported")
    says(reconciler_must_be_fresh(declared(0), intervals=1.1), HOLD, "interval is not stated")


def test_a_tenant_without_a_series_is_hold_and_named() -> None:
    says(every_tenant_must_have_a_series(reading(tenants=("acme", "globex"))), HOLD, "tenant globex")
    says(every_tenant_must_have_a_series(reading()), GO)


def test_a_tenant_that_only_the_exporter_knows_is_hold() -> None:
    its = reading([(ACME, 0.0), ({"tenant": "globex"}, 0.0)], tenants=("acme", "globex"))
    says(every_tenant_must_have_a_series(its), HOLD, "Prometheus has no series of tenant globex")


@pytest.mark.parametrize(("deployed_s", "verdict"), [(INTERVAL_S, GO), (3600.0, HOLD), (None, GO), (NAN, HOLD)])
def test_the_declared_interval_is_the_deployed_one_where_that_can_be_read(
    deployed_s: float | None, verdict: object
) -> None:
    assert interval_must_agree(reading(deployed_interval_s=deployed_s)).verdict is verdict


@pytest.mark.parametrize(
    ("interval_s", "verdict", "told"),
    [
        (0.5, HOLD, "declared 0.5 s, deployed 10 min"),
        (1, HOLD, "declared 1 s, deployed 10 min"),
        (0, HOLD, "none is declared"),
        (INF, HOLD, "none is declared"),
        (NAN, HOLD, "none is declared"),
    ],
)
def test_an_interval_that_is_none_is_not_declared(interval_s: float, verdict: Verdict, told: str) -> None:
    says(interval_must_agree(declared(interval_s)), verdict, told)


@pytest.mark.parametrize("deployed_s", [0, INF])
def test_a_deployed_interval_that_is_none_is_unknown(deployed_s: float) -> None:
    says(interval_must_agree(reading(deployed_interval_s=deployed_s)), HOLD, "deployed unknown")


def test_an_interval_that_cannot_be_read_is_said_so() -> None:
    says(interval_must_agree(reading(deployed_interval_s=None)), GO, "cannot be read")
