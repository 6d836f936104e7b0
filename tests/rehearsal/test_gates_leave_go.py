"""A GO is never empty: each fault of the running environment makes its gate leave GO, and says why."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rehearsal.cutovers import GO, HOLD, STOP, Cutover, cutover


@pytest.fixture(scope="module")
def before_the_flip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cutover]:
    with cutover("before", tmp_path_factory.mktemp("before")) as played:
        yield played


@pytest.fixture(scope="module")
def after_the_flip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cutover]:
    with cutover("after", tmp_path_factory.mktemp("after")) as played:
        played.flip()
        played.command("advance", "12m")
        played.go("after_flip_1")
        yield played


@pytest.fixture
def right_after_the_flip(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cutover]:
    with cutover("fresh", tmp_path_factory.mktemp("fresh")) as played:
        played.flip()
        yield played


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [
        ("todays_report_missing", HOLD, "today's report is not there yet"),
        ("yesterdays_report_copied", STOP, "copy"),
        ("silenced_alert", STOP, "silenced"),
        ("rules_not_loaded", HOLD, "DualwriteDriftPersisting"),
        ("issue_not_planned", STOP, "not planned"),
        ("db_row_overrides", HOLD, "database global"),
        ("prometheus_down", HOLD, "prometheus: no answer"),
    ],
)
@pytest.mark.xdist_group("before_the_flip")
def test_the_preflight_leaves_go(before_the_flip: Cutover, fault: str, status: int, told: str) -> None:
    with before_the_flip.broken(fault):
        ended = before_the_flip.stage("preflight")
    assert (ended.status, told in ended.text) == (status, True), ended.text


@pytest.mark.xdist_group("before_the_flip")
def test_the_preflight_is_go_once_nothing_is_broken(before_the_flip: Cutover) -> None:
    assert before_the_flip.stage("preflight").status == GO


@pytest.mark.xdist_group("before_the_flip")
def test_a_labelled_drift_series_at_3_stops_and_holds_for_an_interval_afterwards(before_the_flip: Cutover) -> None:
    with before_the_flip.broken("labelled_drift"):
        ended = before_the_flip.stage("preflight")
        assert ended.status == STOP
        assert "tenant=" in ended.text
        assert " 3 " in ended.text


@pytest.mark.xdist_group("before_the_flip")
def test_drift_that_ended_40_minutes_ago_holds_until_an_interval_is_clean(before_the_flip: Cutover) -> None:
    with before_the_flip.broken("drift_that_ended"):
        ended = before_the_flip.stage("preflight")
        assert (ended.status, "run this stage again at" in ended.text) == (HOLD, True), ended.text
    assert before_the_flip.stage("preflight").status == GO


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [
        ("prometheus_down", HOLD, "prometheus: no answer"),
        ("empty_list_teams", STOP, "does not resolve"),
        ("renamed_team", STOP, "name"),
        ("last_page_missing", STOP, "missing"),
        # The last one: a value that changed and changed back is a new flip, and its ten minutes begin anew.
        ("db_row_overrides", HOLD, "UPDATE platform_feature_flags"),
    ],
)
@pytest.mark.xdist_group("after_the_flip")
def test_the_stage_after_the_flip_leaves_go(after_the_flip: Cutover, fault: str, status: int, told: str) -> None:
    with after_the_flip.broken(fault):
        ended = after_the_flip.stage("after_flip_1")
    assert (ended.status, told in ended.text) == (status, True), ended.text


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [("error_rate_0_6_percent", STOP, "%"), ("one_bad_minute", STOP, "minute"), ("no_traffic", HOLD, "0 requests")],
)
@pytest.mark.xdist_group("right_after_the_flip")
def test_what_happens_in_the_ten_minutes_counts(
    right_after_the_flip: Cutover, fault: str, status: int, told: str
) -> None:
    right_after_the_flip.command("fault", fault)
    right_after_the_flip.command("advance", "12m")
    ended = right_after_the_flip.stage("after_flip_1")
    assert (ended.status, told in ended.text) == (status, True), ended.text


@pytest.mark.xdist_group("right_after_the_flip")
def test_one_replica_on_the_old_flag_holds_and_is_named(tmp_path_factory: pytest.TempPathFactory) -> None:
    with cutover("stale", tmp_path_factory.mktemp("stale")) as played:
        played.command("fault", "stale_flag_replica")
        played.flip()
        played.command("advance", "12m")
        ended = played.stage("after_flip_1")
    assert (ended.status, "not in force on tenant-service-" in ended.text) == (HOLD, True), ended.text
