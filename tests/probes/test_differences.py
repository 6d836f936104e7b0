"""Records are compared as whoever reads them sees them, not as Python does."""

from __future__ import annotations

import pytest

from flipgate.probes.differences import changes
from flipgate.probes.records import Value

LARGE = 2**53


@pytest.mark.row("G6")
@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (1, True, "1 → True"),
        (0, False, "0 → False"),
        (1, 1.0, "1 → 1.0"),
        (LARGE, LARGE + 1, f"{LARGE} → {LARGE + 1}"),
        (LARGE + 1, float(LARGE), f"{LARGE + 1} → 9007199254740992.0"),
        (0.3, 0.1 + 0.2, "0.3 → 0.30000000000000004"),
    ],
)
def test_values_that_only_python_holds_equal_differ(before: Value, now: Value, told: str) -> None:
    (one,) = changes([{"id": "a", "value": before}], [{"id": "a", "value": now}])
    assert (one.record, one.change, one.detail) == ("a", "changed", f"value: {told}")


@pytest.mark.row("G6")
@pytest.mark.parametrize("value", [1, True, 1.5, LARGE + 1, "1"])
def test_the_same_value_is_no_difference(value: Value) -> None:
    assert list(changes([{"id": "a", "value": value}], [{"id": "a", "value": value}])) == []


@pytest.mark.row("G8")
def test_one_instant_in_another_zone_is_another_text() -> None:
    before, now = "2026-11-20T12:00:00Z", "2026-11-20T13:00:00+01:00"
    (one,) = changes([{"id": "a", "detected_at": before}], [{"id": "a", "detected_at": now}])
    assert one.detail == f"detected_at: '{before}' → '{now}'"
