from __future__ import annotations

import pytest

from flipgate.core.facts.conflicts import ConflictReading
from flipgate.core.judgement import Judgement
from flipgate.gates.conflicts import conflicts_must_not_spike
from tests.unit.gates.given import GO, HOLD, INF, NAN, STOP, last, says, seen


def spike(rows: int, per_hour_before: float, seconds: float = 3600) -> Judgement:
    reading = seen(ConflictReading(rows, per_hour_before), last(seconds))
    return conflicts_must_not_spike(reading, factor=3.0, rows=10)


@pytest.mark.parametrize(
    ("rows", "before", "verdict"),
    [
        (0, 0.0, GO),
        (9, 0.0, GO),
        (10, 0.0, STOP),
        (13, 4.0, GO),  # more than three times, but only nine rows more
        (14, 4.0, STOP),
        (30, 10.0, GO),  # twenty rows more, but three times
        (31, 10.0, STOP),
        (5, NAN, HOLD),
        (5, INF, HOLD),
        (5, -1.0, HOLD),
    ],
)
def test_a_spike_is_both_three_times_as_many_and_ten_more(rows: int, before: float, verdict: object) -> None:
    assert spike(rows, before).verdict is verdict


def test_a_spike_is_told_beside_what_was_expected() -> None:
    says(spike(24, 3.0, seconds=720), STOP, "24 rows in 12 min", "0.6 expected", "3 an hour")


def test_without_a_window_nothing_can_be_told() -> None:
    assert conflicts_must_not_spike(seen(ConflictReading(0, 0.0)), factor=3.0, rows=10).verdict is HOLD
