"""The world ages as one: rows, logs, start times and metric history keep their distance to each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from tests.rehearsal.rehearsals import Environment, run

AGED_S = 720
COUNTERS = '{__name__=~".+_(total|bucket|count)"}'
REQUESTS_PER_S = 9.0


@dataclass(frozen=True)
class Seen:
    """What the systems tell, each in its server's time."""

    at: float
    tenants: Mapping[str, datetime]
    scans: Mapping[str, int]
    first_record: Mapping[str, Any]
    started_at: Mapping[str, float]
    samples: Mapping[str, Mapping[float, str]]


@dataclass(frozen=True)
class Aged:
    before: Seen
    after: Seen


def _see(environment: Environment, at: float) -> Seen:
    with environment.postgres() as connection:
        tenants: dict[str, datetime] = dict(connection.execute("select id, created_at from tenants").fetchall())
        counted = "select relname, seq_scan from pg_stat_user_tables where relname in ('members', 'roles')"
        scans: dict[str, int] = dict(connection.execute(counted).fetchall())
    raw = environment.query('gateway_requests_total{code="200"}[10m]', at)
    return Seen(
        at=at,
        tenants=tenants,
        scans=scans,
        first_record=environment.log("tenant-service")[0],
        started_at={
            series["metric"]["pod"]: float(series["value"][1])
            for series in environment.query("process_start_time_seconds")
        },
        samples={series["metric"]["service"]: dict(series["values"]) for series in raw},
    )


def _now(environment: Environment) -> float:
    return float(environment.query("vector(time())")[0]["value"][0])


@pytest.fixture(scope="module")
def aged(environment: Environment) -> Aged:
    """The same things before and after one advance; the metric history before it is read where it then lies."""
    before = _see(environment, _now(environment))
    environment.command("advance", "12m")
    return Aged(before, _see(environment, before.at - AGED_S))


def test_the_offset_states_the_age(environment: Environment, aged: Aged) -> None:
    assert aged.before.at > aged.after.at
    assert environment.offset_s() >= AGED_S


def test_every_row_is_that_much_older(aged: Aged) -> None:
    moved = {tenant: at - timedelta(seconds=AGED_S) for tenant, at in aged.before.tenants.items()}
    assert aged.after.tenants == moved
    assert len(moved) > 1


def test_ageing_is_no_reader_of_the_tables(aged: Aged) -> None:
    assert aged.after.scans == aged.before.scans


def test_log_records_are_that_much_older(aged: Aged) -> None:
    was, now = aged.before.first_record, aged.after.first_record
    assert datetime.fromisoformat(was["ts"]) - datetime.fromisoformat(now["ts"]) == timedelta(seconds=AGED_S)
    assert {**was, "ts": None} == {**now, "ts": None}


def test_processes_started_that_much_earlier(aged: Aged) -> None:
    earlier = {pod: was - aged.after.started_at[pod] for pod, was in aged.before.started_at.items()}
    assert earlier == pytest.approx(dict.fromkeys(earlier, AGED_S), abs=0.01)
    assert len(earlier) >= 5


def test_every_sample_is_that_much_older_and_has_its_value(aged: Aged) -> None:
    assert len(aged.before.samples) >= 3
    for service, samples in aged.before.samples.items():
        moved = {round(at - AGED_S, 3): value for at, value in samples.items()}
        kept = {round(at, 3): float(value) for at, value in aged.after.samples[service].items()}
        assert {at: kept.get(at) for at in moved} == {at: float(value) for at, value in moved.items()}


@pytest.mark.usefixtures("aged")
def test_no_counter_ever_falls(environment: Environment) -> None:
    counters = {series["metric"]["__name__"] for series in environment.query(COUNTERS)}
    fell = {name: environment.query(f"resets({name}[28h]) > 0") for name in counters}
    assert fell == {name: [] for name in counters}
    assert {"gateway_requests_total", "governance_check_duration_seconds_bucket"} < counters


def test_the_rate_over_the_join_is_the_rate(environment: Environment, aged: Aged) -> None:
    joined = environment.query("sum(rate(gateway_requests_total[2m]))", aged.after.at + 60)
    assert float(joined[0]["value"][1]) == pytest.approx(REQUESTS_PER_S, rel=0.2)


@pytest.mark.usefixtures("aged")
def test_no_target_misses_two_scrapes_anywhere(environment: Environment) -> None:
    now = _now(environment)
    for series in environment.query("up[27h]", now):
        times = [at for at, _ in series["values"]]
        assert max(later - earlier for earlier, later in pairwise(times)) < 30
        assert now - times[-1] < 30
        assert times[-1] - times[0] > 3 * 3600


@pytest.mark.usefixtures("aged")
def test_a_time_that_a_series_tells_ages_with_it(environment: Environment) -> None:
    passes = environment.query("dualwrite_last_pass_timestamp_seconds[20m]")[0]["values"]
    ages = [at - float(value) for at, value in passes]
    assert max(ages) < 90
    assert min(ages) > -1


@pytest.mark.usefixtures("aged")
def test_alerts_arrive_as_soon_as_the_world_has_aged(environment: Environment) -> None:
    environment.command("advance", "60s")
    assert environment.alerts() == {"Watchdog": "active"}


@pytest.mark.usefixtures("aged")
def test_a_new_day_of_the_world_has_its_report(environment: Environment) -> None:
    reports = environment.folder / "reports"
    before = {path.name for path in reports.iterdir()}
    environment.command("advance", "24h")
    (newest,) = {path.name for path in reports.iterdir()} - before
    assert newest == max(path.name for path in reports.iterdir())
    assert "7-day zero-delta gate: MET" in (reports / newest).read_text()


@pytest.mark.parametrize("span", ["0s", "9d", "-5m", "soon"])
def test_a_span_that_is_none_is_refused(environment: Environment, span: str) -> None:
    assert run(environment.name, "advance", "--", span).returncode == 2
