"""A trip is seen by the counter or by the log, before a restart too; and a flag that reads true does not hide it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from flipgate.core.facts.breaker import NO_RESTART, TOLD, UNTOLD, BreakerReading, ReplicaLog
from flipgate.core.facts.series import Series, SeriesSet
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.gates.breaker import breaker_must_not_have_tripped, flag_must_not_hide_a_trip
from tests.unit.gates.given import GO, HOLD, NAN, STOP, ago, last, says, scraped, seen, up

SCRAPES = 25
QUIET = [0.0] * SCRAPES
TRIPPED = [0.0] * 20 + [1.0] * 5


def log(
    pod: str = "engine-a", *, tripped: float | None = None, restart: str = NO_RESTART, malformed: int = 0
) -> ReplicaLog:
    started_at = ago(90 if restart else 7200)
    return ReplicaLog(pod, started_at, restart, (ago(tripped),) if tripped else (), malformed)


def reading(
    *logs: ReplicaLog, counts: Sequence[float] = QUIET, flag: str = "true", targets: int = 1
) -> Observation[BreakerReading]:
    series: tuple[Series, ...] = (scraped({"pod": "engine-a", "instance": "a"}, counts),) if counts else ()
    trips = SeriesSet("governance_cascade_auto_rollback_total", series, (up("a", SCRAPES),), 15.0, targets)
    return seen(BreakerReading(trips, logs or (log(),), flag), last(360))


def test_no_trip_by_counter_and_log_is_go() -> None:
    says(breaker_must_not_have_tripped(reading()), GO, "none on 1 replica", "no restart")


def test_a_trip_that_the_counter_saw_stops() -> None:
    says(breaker_must_not_have_tripped(reading(counts=TRIPPED)), STOP, "engine-a counted 1 more")


def test_a_trip_before_a_restart_still_stops() -> None:
    counts = [0.0] * 12 + [1.0] * 8 + [0.0] * 5
    says(breaker_must_not_have_tripped(reading(log(restart=TOLD), counts=counts)), STOP, "engine-a counted 1 more")


def test_a_counter_that_is_born_at_1_counts_from_0() -> None:
    its = reading(counts=[1.0] * 5)
    says(breaker_must_not_have_tripped(its), STOP, "counted 1 more")


def test_a_trip_between_two_scrapes_of_a_process_that_restarted_is_told_by_its_log() -> None:
    says(breaker_must_not_have_tripped(reading(log(restart=TOLD, tripped=100))), STOP, "engine-a logged a trip")


def test_a_trip_of_before_the_flip_is_none_since() -> None:
    assert breaker_must_not_have_tripped(reading(counts=[1.0] * SCRAPES)).verdict is GO


@pytest.mark.parametrize(("restart", "verdict", "told"), [(TOLD, GO, "restarted meanwhile"), (UNTOLD, HOLD, "is lost")])
def test_a_restart_is_said_and_is_go_only_where_the_log_of_before_is_known(
    restart: str, verdict: Verdict, told: str
) -> None:
    judgement = breaker_must_not_have_tripped(reading(log(restart=restart)))
    says(judgement, verdict, told, "engine-a", "at 2026-04-26 11:58:30 UTC")


@pytest.mark.parametrize(
    ("its", "told"),
    [
        (reading(counts=[]), "0 of 1 replicas have the counter"),
        (reading(targets=3), "1 of 3 replicas have the counter"),
        (reading(counts=[0.0] * 24 + [NAN]), "no count"),
        (reading(log(malformed=2)), "2 lines of engine-a cannot be read"),
        (reading(ReplicaLog("engine-a", None, UNTOLD, (), 0)), "engine-a does not run"),
    ],
)
def test_what_could_not_be_seen_is_hold(its: Observation[BreakerReading], told: str) -> None:
    says(breaker_must_not_have_tripped(its), HOLD, told)


@pytest.mark.parametrize(
    ("counts", "flag", "verdict"),
    [
        (QUIET, "true", GO),
        (TRIPPED, "true", STOP),
        ([0.0] * 24 + [1.0], "true", STOP),
        ([1.0] * 24 + [0.0], "true", GO),  # restarted since
        ([1.0] * SCRAPES, "true", STOP),  # tripped before the flip: the flip reaches it no more
        (TRIPPED, "false", GO),
        (QUIET, "", HOLD),
        ([], "true", HOLD),
        ([0.0] * 24 + [NAN], "true", HOLD),
    ],
)
def test_a_flag_that_reads_true_does_not_hide_a_trip(counts: list[float], flag: str, verdict: object) -> None:
    assert flag_must_not_hide_a_trip(reading(counts=counts, flag=flag)).verdict is verdict


def test_the_trap_says_what_the_operator_does() -> None:
    says(flag_must_not_hide_a_trip(reading(counts=TRIPPED)), STOP, "no flip reaches it", "restart the pod (§11.4)")
