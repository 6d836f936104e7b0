"""The refresh of the flag caches: whom it refuses, and what it leaves."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flipgate.core.facts.routes import AuditRow, RefreshReading, RouteAnswer
from flipgate.core.verdict import Verdict
from flipgate.gates import refresh
from tests.unit.gates.given import GO, HOLD, STOP, ago, says, seen

UNKNOWN = RouteAnswer("refresh", "", 401, "application/json", "UNAUTHORIZED", "")
LOW = RouteAnswer("refresh", "", 403, "application/json", "INSUFFICIENT_CLEARANCE", "")
ROW = AuditRow("config.refresh", "v23-feature-flags", "user_1", 100, "§6.3", ago(60))
LET_IN = {"status": 200, "code": "", "detail": '{"refreshed":true}'}


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, GO),
        (LET_IN, STOP),
        ({"status": 199, "code": ""}, HOLD),
        ({"status": 204, "code": ""}, STOP),
        ({"status": 299, "code": ""}, STOP),
        ({"status": 300, "code": ""}, HOLD),
        ({"status": 404, "code": ""}, HOLD),
        ({"status": 0, "code": "", "detail": "no answer"}, HOLD),
        ({"code": "OTHER"}, HOLD),
    ],
)
def test_whom_it_refuses(changes: dict[str, object], verdict: Verdict) -> None:
    its = seen(RefreshReading(replace(UNKNOWN, **changes), replace(LOW, **changes), (ROW,)))  # type: ignore[arg-type]
    says(refresh.must_refuse_the_unknown(its, status=401), verdict)
    says(refresh.must_refuse_low_clearance(its, status=403), verdict)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"code": "", "detail": "welcome", "content_type": "text/html"}, "401 text/html: welcome"),
        ({"code": "OTHER", "detail": "no"}, "401 OTHER: no"),
        ({"status": 0, "code": "", "detail": "timed out"}, "timed out"),
        ({"status": 0, "code": "", "detail": ""}, "nothing was answered"),
    ],
)
def test_what_was_answered_is_told(changes: dict[str, object], told: str) -> None:
    its = seen(RefreshReading(replace(UNKNOWN, **changes), LOW, (ROW,)))  # type: ignore[arg-type]
    assert refresh.must_refuse_the_unknown(its, status=401).seen == told


@pytest.mark.parametrize(
    ("rows", "verdict", "told"),
    [
        ((ROW,), GO, "user_1 of clearance 100"),
        ((), HOLD, "no row since the flip"),
        ((replace(ROW, audit_kind="config.changed"),), HOLD, "misshapen"),
        ((replace(ROW, surface="feature-flags"),), HOLD, "misshapen"),
        ((replace(ROW, actor_user_id=""),), HOLD, "nobody"),
        ((replace(ROW, actor_clearance=99),), HOLD, "clearance 99"),
        ((ROW, replace(ROW, surface="")), HOLD, "misshapen"),
    ],
)
def test_the_shape_of_its_audit_row(rows: tuple[AuditRow, ...], verdict: Verdict, told: str) -> None:
    says(refresh.audit_rows_must_be_in_shape(seen(RefreshReading(UNKNOWN, LOW, rows))), verdict, told)


@pytest.mark.parametrize(
    ("rows", "verdict", "told"),
    [
        ((ROW,), GO, "1 row"),
        ((ROW, replace(ROW, created_at=ago(55))), GO, "2 rows"),
        ((ROW, replace(ROW, created_at=ago(55.1))), HOLD, "doubled"),
        ((ROW, replace(ROW, actor_user_id="user_2")), GO, "2 rows"),
        ((), HOLD, "no row"),
    ],
)
def test_a_refresh_leaves_one_row(rows: tuple[AuditRow, ...], verdict: Verdict, told: str) -> None:
    its = seen(RefreshReading(UNKNOWN, LOW, rows))
    says(refresh.audit_rows_must_be_apart(its, apart_s=5), verdict, told)
