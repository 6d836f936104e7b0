"""What has to be in the database before writes go to it, and the way back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from flipgate.core.facts.history import Flip
from flipgate.core.facts.workspace import (
    Backup,
    BackupsReading,
    Held,
    MigrationHistory,
    Migrations,
    MigrationSight,
)
from flipgate.core.verdict import Verdict
from flipgate.gates.workspace import (
    backup_must_be_younger_than_the_flip,
    migration_must_be_applied,
    must_hold,
    schema_must_stay_or_go_back_within,
)
from tests.unit.gates.given import GO, HOLD, NOW, ago, says, seen

FLIP = Flip("OPS_VIEW_DB_READ", "true", ago(3600), "process")
WHOLE = Backup("b1", "snapshot", "ops", ago(600), 1, complete=True)


@pytest.mark.parametrize(
    ("applied", "verdict"),
    [({"012": ago(1)}, GO), ({"012": NOW}, GO), ({"012": ago(-1)}, HOLD), ({"013": ago(1)}, HOLD), ({}, HOLD)],
)
def test_a_migration_is_applied_by_the_databases_word(applied: dict[str, datetime], verdict: Verdict) -> None:
    says(migration_must_be_applied(seen(Migrations(applied)), version="012"), verdict)


@pytest.mark.parametrize(
    ("counts", "least", "verdict"),
    [({"admin": 1}, 1, GO), ({"admin": 0}, 1, HOLD), ({"verifier": 3}, 1, HOLD), ({"admin": 0}, 0, HOLD)],
)
def test_a_workspace_holds_at_least_one(counts: dict[str, int], least: int, verdict: Verdict) -> None:
    says(must_hold(seen(Held("ws", counts)), least=least, kind="admin"), verdict)


@pytest.mark.parametrize(
    ("changes", "verdict", "told"),
    [
        ({}, GO, "snapshot b1"),
        ({"taken_at": ago(3599)}, GO, "b1"),
        ({"taken_at": ago(3600)}, HOLD, "before the flip"),
        ({"taken_at": NOW}, GO, "b1"),
        ({"taken_at": ago(-1)}, HOLD, "in the future"),
        ({"complete": False}, HOLD, "not whole"),
        ({"size": 0}, HOLD, "not whole"),
        ({"database": "other"}, HOLD, "of other"),
    ],
)
def test_a_backup_is_whole_and_younger_than_the_flip(changes: dict[str, Any], verdict: Verdict, told: str) -> None:
    reading = BackupsReading("ops", (replace(WHOLE, **changes),), (), FLIP)
    says(backup_must_be_younger_than_the_flip(seen(reading)), verdict, told)


def test_one_good_backup_among_others_is_enough() -> None:
    old, newest = replace(WHOLE, id="b0", taken_at=ago(9999)), replace(WHOLE, id="b2", taken_at=ago(60))
    reading = BackupsReading("ops", (old, newest, WHOLE), ("x.json: is no regular file",), FLIP)
    says(backup_must_be_younger_than_the_flip(seen(reading)), GO, "b2")


def test_without_a_backup_or_a_flip_there_is_no_way_back() -> None:
    says(backup_must_be_younger_than_the_flip(seen(BackupsReading("ops", (), (), FLIP))), HOLD, "none")
    odd = BackupsReading("ops", (), ("x.json: is no regular file",), FLIP)
    says(backup_must_be_younger_than_the_flip(seen(odd)), HOLD, "x.json")
    unknown = BackupsReading("ops", (WHOLE,), (), replace(FLIP, at=None))
    says(backup_must_be_younger_than_the_flip(seen(unknown)), HOLD, "unknown")


def history(now: tuple[str, ...], *earlier: tuple[float, tuple[str, ...]]) -> MigrationHistory:
    sights = tuple(MigrationSight(ago(seconds), versions) for seconds, versions in earlier)
    return MigrationHistory(Migrations(dict.fromkeys(now, ago(9999))), sights)


@pytest.mark.parametrize(
    ("value", "verdict", "told"),
    [
        (history(("012", "013")), GO, "nothing of the schema went back"),
        (history(("012",), (599, ("012", "013"))), GO, "013 went back within 9 min 59 s"),
        (history(("012",), (600, ("012", "013"))), HOLD, "10 min before"),
        (history(("012",), (3600, ("012", "013")), (3100, ("012",))), GO, "8 min 20 s"),
        (history(("012",)), HOLD, "no earlier run"),
        (history((), (60, ("013",))), HOLD, "012"),
        (history((), (60, ("012", "013"))), GO, "1 min"),
    ],
    ids=["stays", "inside", "on", "seen at both ends", "never seen", "one never seen", "both"],
)
def test_a_schema_that_went_back_took_at_most_what_lies_between_two_sights(
    value: MigrationHistory, verdict: Verdict, told: str
) -> None:
    judged = schema_must_stay_or_go_back_within(seen(value), first="012", second="013", limit_s=600)
    says(judged, verdict, told)
