"""Random stories of requests, errors and restarts whose truth is known: over a bad window GO is never said.

The truth is counted from what happened, not from the counters that a restart sets to zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from flipgate.core.facts.series import Series
from flipgate.core.judgement import Judgement
from flipgate.gates.error_rate import must_stay_below
from tests.unit.gates.given import GO, STOP, scraped, without
from tests.unit.gates.test_error_rate import BAD, EVERY_S, LIMIT, OK, reading


@dataclass(frozen=True)
class Story:
    """Requests and errors from scrape to scrape; where the process restarted; whether errors are born late."""

    grown: tuple[tuple[int, int], ...]
    restarts: frozenset[int]
    born: bool


counts = st.integers(0, 400).flatmap(lambda requests: st.tuples(st.just(requests), st.integers(0, min(requests, 12))))
stories = st.builds(
    Story,
    grown=st.lists(counts, min_size=8, max_size=24).map(tuple),
    restarts=st.frozensets(st.integers(1, 23), max_size=3),
    born=st.booleans(),
)
SHORT_S = 120.0  # eight scrapes


def seen_restarts(story: Story) -> set[int]:
    """Restarts after which the counter of successes is lower: others cannot be seen in counters."""
    seen_at, value = set(), 0
    for index, (requests, errors) in enumerate(story.grown):
        if index in story.restarts and requests - errors < value:
            seen_at.add(index)
            value = 0
        value += requests - errors
    return seen_at


def told(labels: dict[str, str], grown: Sequence[int], story: Story) -> Series:
    restarts, values, value = seen_restarts(story), [0.0], 0.0
    for index, amount in enumerate(grown):
        value = (0.0 if index in restarts else value) + amount
        values.append(value)
    series = scraped(labels, values)
    first = next((index for index, value in enumerate(values) if value), len(values))
    return without(series, *range(first)) if story.born and labels is BAD else series


def story_judged(story: Story, *series: Series) -> Judgement:
    its = reading(*series, length_s=EVERY_S * len(story.grown))
    return must_stay_below(its, limit_ratio=LIMIT, window_s=SHORT_S, minute_requests=100)


def truly_bad(story: Story) -> bool:
    whole = round(SHORT_S / EVERY_S)
    windows = (story.grown[index : index + whole] for index in range(len(story.grown) - whole + 1))
    totals = [(sum(r for r, _ in window), sum(e for _, e in window)) for window in windows]
    return any(requests and errors / requests >= LIMIT for requests, errors in totals)


@settings(max_examples=300, deadline=None)
@given(stories)
def test_a_rate_above_the_limit_in_some_whole_window_is_never_go(story: Story) -> None:
    fine = told(OK, [requests - errors for requests, errors in story.grown], story)
    bad = told(BAD, [errors for _, errors in story.grown], story)
    assert not truly_bad(story) or story_judged(story, fine, bad).verdict is not GO


@settings(max_examples=100, deadline=None)
@given(stories)
def test_no_error_is_never_stop(story: Story) -> None:
    fine = told(OK, [requests for requests, _ in story.grown], story)
    assert story_judged(story, fine).verdict is not STOP
