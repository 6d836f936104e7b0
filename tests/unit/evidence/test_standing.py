"""A machine's clock that is set while a stage runs is told by the one that cannot be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from flipgate.core.verdict import Verdict
from flipgate.evidence.ledger import GENESIS
from flipgate.evidence.records import GateJudged, Record
from flipgate.evidence.standing import clock_jump

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)


def record(machine_s: float, monotonic_s: float) -> Record:
    at = NOON + timedelta(seconds=machine_s)
    return Record("r", 0, at, at, monotonic_s, GateJudged("one", Verdict.GO), GENESIS)


@pytest.mark.row("K16")
@pytest.mark.parametrize(("set_by_s", "told"), [(0.0, 0), (2.0, 0), (-2.0, 0), (2.1, 1), (-300.0, 1), (3600.0, 1)])
def test_a_clock_that_jumps_by_more_than_two_seconds_is_told(set_by_s: float, told: int) -> None:
    found = clock_jump([record(0, 50), record(60 + set_by_s, 110), record(61, 111)])
    assert (len(found), all(f"{abs(set_by_s):.1f} s" in one for one in found)) == (told, True)


def test_no_record_has_no_jump() -> None:
    assert clock_jump([]) == ()
