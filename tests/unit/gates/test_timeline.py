"""Stretches of a window: every one of a length, every minute, joined where it has too few requests."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from flipgate.gates.timeline import Span, Timeline
from tests.unit.gates.given import NOW, last, scraped, series_set


def timeline(requests: Sequence[float], errors: Sequence[float] = (), *, every_s: float = 20.0) -> Timeline:
    """So many more from scrape to scrape; the window begins with the first."""
    labels = {"instance": "a", "service": "rbac-service"}
    series = [
        scraped({**labels, "code": code}, [sum(grown[:index]) for index in range(len(grown) + 1)], every_s)
        for code, grown in (("200", requests), ("503", errors))
    ]
    return Timeline(series_set(*series), last(every_s * len(requests)))


def told(spans: Sequence[Span], length_s: float) -> list[tuple[float, float, float]]:
    """From when to when after the window's start, with how many requests."""
    begin_ms = round(NOW.timestamp() * 1000 - length_s * 1000)
    return [((one.after_ms - begin_ms) / 1000, (one.until_ms - begin_ms) / 1000, one.requests) for one in spans]


@pytest.mark.parametrize(
    ("length_s", "spans"),
    [
        (30, [(0, 30, 1), (10, 40, 3), (20, 50, 2), (30, 60, 6), (40, 70, 4), (50, 80, 4)]),
        (79, [(0, 79, 7), (1, 80, 7)]),
        (80, [(0, 80, 7)]),
        (600, [(0, 80, 7)]),
    ],
)
def test_every_stretch_between_two_scrapes_is_looked_at(
    length_s: float, spans: list[tuple[float, float, float]]
) -> None:
    assert told(timeline([1, 2, 4, 0]).sliding(length_s), 80) == spans


@pytest.mark.parametrize(
    ("requests", "least", "spans"),
    [
        ([1, 0, 0, 0, 0, 1], 1, [(0, 60, 1), (60, 120, 1)]),
        ([1, 0, 0, 0, 0, 1], 0, [(0, 60, 1), (60, 120, 1)]),
        ([1, 0, 0, 0, 0, 1], 2, [(0, 120, 2)]),
        ([1, 0, 0, 0, 0, 1], 3, []),
        ([0, 0, 0, 0, 0, 5], 5, [(0, 120, 5)]),
        ([9, 0, 0, 0, 2, 0, 0], 9, [(0, 140, 11)]),
        ([9, 0, 0, 9, 0, 0, 2], 9, [(0, 60, 9), (60, 140, 11)]),
    ],
)
def test_a_minute_joins_its_neighbours_until_it_has_enough(
    requests: list[float], least: float, spans: list[tuple[float, float, float]]
) -> None:
    assert told(timeline(requests).minutes(least), 20.0 * len(requests)) == spans


def test_who_failed_is_summed_over_the_stretch() -> None:
    both = timeline([5, 5, 5], [2, 1, 4])
    assert both.offenders(both.whole) == "rbac-service 503 ×7"
    assert both.offenders(both.last(40)) == "rbac-service 503 ×5"
    assert (both.whole.requests, both.whole.errors) == (22, 7)


def test_without_requests_there_is_no_share_of_errors() -> None:
    assert Span(0, 60_000, 0.0, 0.0).ratio == 0
