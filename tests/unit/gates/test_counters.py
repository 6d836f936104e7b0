"""How much a counter grew, where its beginning, a birth or a restart lies at the edge of the window."""

from __future__ import annotations

import pytest

from flipgate.core.facts.series import Series
from flipgate.gates.counters import growths
from tests.unit.gates.given import NOW, last, series_set

WINDOW_S = 60.0
Samples = tuple[tuple[float, float], ...]


def of(samples: Samples, instance: str = "a") -> Series:
    """Values by seconds after the window's start."""
    begin = NOW.timestamp() - WINDOW_S
    return Series({"instance": instance}, tuple((begin + at, value) for at, value in samples))


def grown(*series: Series, scrapes: tuple[Series, ...] = ()) -> list[tuple[str, float, float]]:
    begin_ms = round((NOW.timestamp() - WINDOW_S) * 1000)
    found = growths(series_set(*series, scrapes=scrapes), last(WINDOW_S))
    return [(one.labels["instance"], (one.at_ms - begin_ms) / 1000, one.amount) for one in found]


@pytest.mark.parametrize(
    ("samples", "amounts"),
    [
        (((-30, 5), (15, 7)), [2]),  # two scrapes before the window
        (((-30.1, 5), (15, 7)), []),
        (((-15, 5), (0, 7), (15, 7)), []),  # grown at the window's start, so before it
        (((-15, 5), (0.1, 7)), [2]),
        (((45, 5), (60, 7)), [2]),
        (((45, 5), (60.1, 7)), []),
        ((), []),
    ],
)
def test_a_growth_belongs_to_the_window_that_sees_it(samples: Samples, amounts: list[float]) -> None:
    assert [amount for _, _, amount in grown(of(samples))] == amounts


@pytest.mark.parametrize(("first_s", "amounts"), [(0, []), (7.5, []), (7.6, [9]), (15, [9]), (22.5, [9]), (45, [9])])
def test_a_counter_that_appears_after_its_process_was_born_in_between(first_s: float, amounts: list[float]) -> None:
    up = of(((-15, 1), (0, 1), (15, 1), (30, 1)))
    assert [amount for _, _, amount in grown(of(((first_s, 9),)), scrapes=(up,))] == amounts


def test_a_process_that_was_down_begins_with_its_first_sample() -> None:
    down, never = of(((0, 0), (15, 0), (30, 1))), of(((0, 0),), "b")
    assert grown(of(((30, 9), (45, 10))), of((), "b"), scrapes=(down, never)) == [("a", 45, 1)]


def test_a_restart_is_one_of_its_own_process_only() -> None:
    restarted, other = of(((0, 9), (15, 2), (30, 5))), of(((0, 5), (15, 8)), "b")
    assert sorted(grown(restarted, other)) == [("a", 15, 2), ("a", 30, 3), ("b", 15, 3)]
