"""The gates of one small fact each: rollback lever, change window, elapsed time, clocks."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from flipgate.core.facts.environment import ChangeWindow, Skew
from flipgate.core.facts.history import Flip
from flipgate.core.facts.tables import LeverReading, TableState
from flipgate.core.judgement import Judgement
from flipgate.core.verdict import Verdict
from flipgate.gates import change_window, elapsed, lever, skew
from tests.unit.gates.given import GO, HOLD, INF, NAN, NOW, STOP, ago, says, seen


def table(name: str, newest_s: float | None = 0.0, rows: int = 3) -> TableState:
    return TableState(name, exists=True, rows=rows, newest=None if newest_s is None else ago(newest_s))


def gone(name: str) -> TableState:
    return TableState(name, exists=False, rows=None, newest=None)


LEGACY = table("pillars", 9000), table("teams"), table("team_memberships")
MIRROR = table("org_units"), table("org_unit_memberships")


def test_legacy_tables_that_exist_are_go() -> None:
    says(lever.legacy_tables_must_exist(seen(LeverReading(LEGACY, MIRROR))), GO, "teams 3 rows")
    says(lever.legacy_tables_must_exist(seen(LeverReading((table("teams", rows=0),), MIRROR))), GO, "teams 0 rows")


def test_a_legacy_table_that_is_gone_is_stop() -> None:
    its = seen(LeverReading((*LEGACY[:2], gone("team_memberships")), MIRROR))
    says(lever.legacy_tables_must_exist(its), STOP, "team_memberships", "Phase 3")
    says(lever.legacy_must_still_receive_writes(its, lag_s=60), STOP)


@pytest.mark.parametrize(("behind_s", "verdict"), [(0, GO), (60, GO), (61, STOP), (-500, GO)])
def test_a_legacy_table_behind_its_mirror_is_stop(behind_s: float, verdict: object) -> None:
    legacy = table("pillars", 9000), table("teams"), table("team_memberships", 600 + behind_s)
    its = seen(LeverReading(legacy, (table("org_units"), table("org_unit_memberships", 600))))
    assert lever.legacy_must_still_receive_writes(its, lag_s=60).verdict is verdict


def test_one_fresh_legacy_table_does_not_hide_a_stale_one() -> None:
    legacy = table("pillars", 9000), table("teams", 9000), table("team_memberships")
    says(lever.legacy_must_still_receive_writes(seen(LeverReading(legacy, MIRROR)), lag_s=60), STOP, "pillars, teams")


@pytest.mark.parametrize(
    ("legacy", "mirror", "told"),
    [
        (LEGACY, (table("org_units", None), MIRROR[1]), "no row to compare in org_units"),
        ((*LEGACY[:2], table("team_memberships", None)), MIRROR, "no row to compare in team_memberships"),
        (LEGACY, (), "no legacy or no mirror table"),
        ((), MIRROR, "no legacy or no mirror table"),
    ],
)
def test_empty_tables_say_nothing_of_writes(
    legacy: tuple[TableState, ...], mirror: tuple[TableState, ...], told: str
) -> None:
    judgement = lever.legacy_must_still_receive_writes(seen(LeverReading(legacy, mirror)), lag_s=60)
    assert (judgement.verdict, judgement.seen.startswith(told)) == (HOLD, True), judgement


TOMORROW = NOW + timedelta(days=1)


def window(
    opened_at: datetime | None,
    closes_at: datetime | None,
    agreed: str = "22:00–02:00 UTC",
    next_at: datetime | None = TOMORROW,
) -> Judgement:
    return change_window.must_be_open(seen(ChangeWindow(agreed, opened_at, closes_at, next_at)))


def test_now_within_the_change_window_is_go_and_its_opening_moment_is_within() -> None:
    says(window(ago(60), ago(-60)), GO, "1 min left")
    says(window(NOW, ago(-60)), GO)


def test_the_closing_moment_is_outside() -> None:
    says(window(ago(60), NOW), STOP, "2026-04-27 12:00:00 UTC")


def test_outside_is_stop_and_no_agreement_is_hold() -> None:
    says(window(None, None), STOP, "opens next")
    says(window(None, None, next_at=None), STOP, "no next one is known")
    says(window(None, None, agreed=""), HOLD, "none is agreed")
    says(window(ago(60), None), HOLD)


def flip(at: datetime | None, not_before: datetime | None = None, source: str = "database") -> Judgement:
    fact = Flip("cascade_4layer", "true", at, source, not_before)
    return elapsed.must_have_passed(seen(fact), length_s=600)


@pytest.mark.parametrize(("age_s", "verdict"), [(599.9, HOLD), (600, GO), (601, GO)])
def test_the_time_since_the_flip_has_to_pass(age_s: float, verdict: object) -> None:
    assert flip(ago(age_s)).verdict is verdict


def test_the_time_of_readiness_is_told() -> None:
    assert flip(ago(120)).ready_at == NOW + timedelta(seconds=480)


@pytest.mark.parametrize(
    ("at", "not_before", "verdict", "told"),
    [
        (ago(900), ago(900), GO, "15 min since 2026-04-26 11:45:00 UTC (by database)"),
        (ago(900), ago(899.9), HOLD, "database says 2026-04-26 11:45:00 UTC, but the other value was still seen"),
        (ago(900), ago(300), HOLD, "still seen at 2026-04-26 11:55:00 UTC"),
        (NOW, None, HOLD, "0 s since"),
        (ago(-1), None, HOLD, "database says 2026-04-26 12:00:01 UTC, which is in the future"),
        (None, None, HOLD, "unknown"),
    ],
)
def test_a_flip_of_unknown_contradicted_or_future_time_is_hold(
    at: datetime | None, not_before: datetime | None, verdict: Verdict, told: str
) -> None:
    says(flip(at, not_before), verdict, told)


@pytest.mark.row("K16")
@pytest.mark.parametrize(
    ("skew_s", "verdict"), [(2.0, GO), (-2.0, GO), (2.001, HOLD), (-600.0, HOLD), (NAN, HOLD), (INF, HOLD)]
)
def test_a_clock_that_is_off_is_hold(skew_s: float, verdict: object) -> None:
    judgement = skew.must_stay_within(seen(Skew({"redis": 0.0, "prometheus": skew_s})), limit_s=2)
    assert judgement.verdict is verdict
    assert "prometheus" in judgement.seen
