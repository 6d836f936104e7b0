from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from flipgate.core.facts.reads import ReadsReading, ReplicaLines
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.gates.reads import (
    every_replica_must_follow_the_flag,
    every_replica_must_read_the_mirror,
    mirror_tables_must_be_scanned,
    no_error_may_name_the_shim,
    no_replica_may_read_the_mirror,
)
from tests.unit.gates.given import GO, HOLD, STOP, says, seen

SHIM, LEGACY = "ListTeams shim path invoked", "ListTeams legacy path"
BEFORE = {"org_units": 10, "org_unit_memberships": 20, "teams": 5}


def replica(pod: str, **messages: int) -> ReplicaLines:
    texts = {"shim": SHIM, "legacy": LEGACY, "fallback": "ListTeams shim cannot resolve: fallback to legacy"}
    named = {texts.get(name, name.replace("_", " ")): count for name, count in messages.items()}
    return ReplicaLines(pod, sum(named.values()), named)


def reading(*replicas: ReplicaLines, calls: int = 3) -> Observation[ReadsReading]:
    after = {table: scans + 6 for table, scans in BEFORE.items()}
    return seen(ReadsReading(("a:1", "b:1"), calls, replicas, BEFORE, after))


def test_the_shim_path_on_every_replica_is_go() -> None:
    says(every_replica_must_read_the_mirror(reading(replica("t-1", shim=3), replica("t-2", shim=4))), GO, "7 lines")


@pytest.mark.parametrize(
    ("second", "word"),
    [
        ([replica("t-2")], "not in force on t-2 (silent)"),
        ([replica("t-2", legacy=3)], LEGACY),
        ([replica("t-2", shim=2)], "not only"),
        ([replica("t-2", shim=3, legacy=1)], "not only"),
        ([replica("t-2", shim=3, ListTeams_shim_failed=1)], "shim failed"),
        ([replica("t-2", request_served=9)], "not in force"),
        ([], "logs of 1 replicas"),
        ([replica("t-1", shim=3)], "logs of 2 replicas"),
    ],
)
def test_a_replica_that_does_not_take_the_shim_path_alone_is_hold(second: Sequence[ReplicaLines], word: str) -> None:
    says(every_replica_must_read_the_mirror(reading(replica("t-1", shim=3), *second)), HOLD, word)


@pytest.mark.parametrize(
    ("flag_value", "path", "verdict", "told"),
    [
        ("true", "shim", GO, "6 lines on t-1, t-2"),
        ("true", "legacy", HOLD, "not in force on t-1"),
        ("false", "legacy", GO, "none on t-1, t-2"),
        ("false", "shim", STOP, "still in force on t-1"),
        ("", "shim", HOLD, "the flag's value is not known"),
    ],
)
def test_the_replicas_read_what_the_flag_names(flag_value: str, path: str, verdict: Verdict, told: str) -> None:
    its = reading(replica("t-1", **{path: 3}), replica("t-2", **{path: 3}))
    says(
        every_replica_must_follow_the_flag(replace(its, value=replace(its.value, flag_value=flag_value))), verdict, told
    )


def test_lines_are_counted_where_there_are_any() -> None:
    its = reading(replica("t-1", shim=3), replica("t-2", other=1))
    says(every_replica_must_read_the_mirror(its), HOLD, 'not in force on t-2 ("other" ×1)')
    says(no_replica_may_read_the_mirror(reading(calls=0)), HOLD, "no call was made")


def test_a_table_that_nobody_scanned_is_known_not_to_be() -> None:
    its = reading(replica("t-1", shim=3), replica("t-2", shim=3))
    still = replace(its.value, scans_after={**its.value.scans_after, "org_units": 10})
    says(mirror_tables_must_be_scanned(replace(its, value=still)), HOLD, "org_units +0, org_unit_memberships +6")


def test_one_call_is_a_call() -> None:
    its = reading(replica("t-1", shim=1), replica("t-2", shim=1), calls=1)
    says(every_replica_must_read_the_mirror(its), GO)
    says(no_replica_may_read_the_mirror(reading(replica("t-1", legacy=1), replica("t-2", legacy=1), calls=1)), GO)
    assert mirror_tables_must_be_scanned(its).verdict is GO


def test_one_address_has_one_replica_and_none_has_none() -> None:
    its = reading(replica("t-1", shim=3))
    one = replace(its, value=replace(its.value, addresses=("a:1",)))
    says(every_replica_must_read_the_mirror(one), GO)
    none = replace(its, value=replace(its.value, addresses=(), replicas=()))
    says(every_replica_must_read_the_mirror(none), HOLD, "no call was made", "logs of 0 replicas")


def test_a_replica_of_one_shim_line_among_others_is_not_in_force_alone() -> None:
    its = reading(replica("t-1", shim=3), replica("t-2", shim=1, legacy=2))
    says(every_replica_must_read_the_mirror(its), HOLD, "not only the shim path on t-2")
    silent = reading(replica("t-1", shim=3), replica("t-2", legacy=3))
    judgement = every_replica_must_read_the_mirror(silent)
    says(judgement, HOLD, "not in force on t-2")
    assert "not only" not in judgement.seen


def test_a_fallback_on_one_replica_is_stop() -> None:
    its = reading(replica("t-1", shim=3), replica("t-2", shim=2, fallback=1))
    says(every_replica_must_read_the_mirror(its), STOP, "t-2 (1 lines)")


@pytest.mark.parametrize(
    ("errors", "verdict", "word"),
    [
        ({}, GO, "none in 6 lines"),
        ({"db.pool: no connection": 4}, GO, "none"),
        ({"tenant.listteams.shim: ancestor_path is broken": 2}, STOP, "t-2 (tenant.listteams.shim: ancestor_path"),
        ({"tenant: SHIM gave up": 1}, STOP, "gave up ×1"),
    ],
)
def test_an_error_that_names_the_shim_is_stop(errors: dict[str, int], verdict: Verdict, word: str) -> None:
    its = reading(replica("t-1", shim=3), replace(replica("t-2", shim=3), errors=errors))
    says(no_error_may_name_the_shim(its), verdict, word)


@pytest.mark.parametrize(
    ("second", "word"),
    [
        ([], "logs of 1 replicas"),
        ([replica("t-2")], "no log line at all from t-2"),
        ([replace(replica("t-2", shim=3), unreadable=1)], "no record on t-2 (1)"),
    ],
)
def test_where_an_error_could_hide_is_hold(second: Sequence[ReplicaLines], word: str) -> None:
    says(no_error_may_name_the_shim(reading(replica("t-1", shim=3), *second)), HOLD, word)


def test_lines_without_a_call_of_ours_are_hold() -> None:
    says(every_replica_must_read_the_mirror(reading(replica("t-1", shim=3), replica("t-2", shim=3), calls=0)), HOLD)


def test_legacy_lines_on_every_replica_are_go_after_a_rollback() -> None:
    its = reading(replica("t-1", legacy=3), replica("t-2", legacy=3))
    says(no_replica_may_read_the_mirror(its), GO)


def test_a_replica_still_on_the_mirror_is_stop_and_a_silent_one_is_hold() -> None:
    on = reading(replica("t-1", legacy=3), replica("t-2", shim=1, legacy=2))
    says(no_replica_may_read_the_mirror(on), STOP, "still in force on t-2")
    says(no_replica_may_read_the_mirror(reading(replica("t-1", legacy=3), replica("t-2"))), HOLD, "t-2")


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        ({"org_units": 11, "org_unit_memberships": 21}, GO),
        ({"org_units": 11, "org_unit_memberships": 20}, HOLD),
        ({"org_units": 10, "org_unit_memberships": 20}, HOLD),
        ({"org_units": 0, "org_unit_memberships": 21}, HOLD),
        ({"org_units": 11}, HOLD),
    ],
)
def test_the_mirror_tables_scans_have_to_rise(after: dict[str, int], verdict: object) -> None:
    its = reading()
    assert mirror_tables_must_be_scanned(replace(its, value=replace(its.value, scans_after=after))).verdict is verdict
