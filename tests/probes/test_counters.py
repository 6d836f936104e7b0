"""Growth of counters: restarts, births, gaps."""

from __future__ import annotations

import pytest

from flipgate.core.facts.series import Series
from flipgate.probes.counters import grown

TARGET = {"job": "gateway", "instance": "g:1"}
UP = Series(TARGET, ((0.0, 1.0), (15.0, 1.0), (30.0, 1.0)))


def counter(*samples: tuple[float, float], **labels: str) -> Series:
    return Series({**TARGET, **labels}, samples)


@pytest.mark.parametrize(
    ("samples", "rise"),
    [
        ([(0, 5), (15, 6), (30, 9)], 4.0),
        ([(0, 5), (15, 2), (30, 3)], 3.0),
        ([(15, 1), (30, 4)], 4.0),
        ([(0, 5)], 0.0),
    ],
    ids=["steady", "restarted", "born in the window", "ended before it"],
)
def test_growth_is_what_happened_since_the_start(samples: list[tuple[float, float]], rise: float) -> None:
    assert grown(counter(*samples), [UP], start=10.0) == rise


def test_what_a_counter_had_before_its_target_was_first_scraped_is_not_growth() -> None:
    seen_late = Series(TARGET, ((15.0, 1.0), (30.0, 1.0)))
    assert grown(counter((15, 1000), (30, 1001)), [seen_late], start=10.0) == 1.0
    other_target = Series({"job": "gateway", "instance": "g:2"}, UP.samples)
    assert grown(counter((15, 1000), (30, 1001)), [seen_late, other_target], start=10.0) == 1.0
