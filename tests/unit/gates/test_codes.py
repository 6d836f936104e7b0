"""One 5xx is one too many; no request is no evidence; a share is counted in whole requests."""

from __future__ import annotations

import pytest

from flipgate.core.facts.series import Series, SeriesSet
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.gates.codes import none_may_be_a_server_error, share_must_stay_below
from tests.unit.gates.given import GO, HOLD, NAN, STOP, last, says, scraped, seen, series_set, up

MINUTES = 10
SCRAPES = MINUTES * 4 + 1


def counter(code: str, count: int, method: str = "PATCH") -> Series:
    """So many requests in the middle of the window."""
    labels = {"instance": "a", "method": method, "route": "/patches/:id", "code": code}
    return scraped(labels, [5.0] * 20 + [5.0 + count] * (SCRAPES - 20))


def answered(*series: Series) -> Observation[SeriesSet]:
    return seen(series_set(*series, scrapes=(up("a", SCRAPES),)), last(MINUTES * 60))


@pytest.mark.parametrize(
    ("code", "count", "verdict"),
    [("500", 1, STOP), ("503", 1, STOP), ("599", 1, STOP), ("500", 0, GO), ("499", 1, GO), ("409", 1, GO)],
)
def test_one_server_error_is_one_too_many(code: str, count: int, verdict: Verdict) -> None:
    says(none_may_be_a_server_error(answered(counter("200", 9999), counter(code, count))), verdict)


def test_a_server_error_is_told_with_its_route_and_replica() -> None:
    judged = none_may_be_a_server_error(answered(counter("200", 9), counter("500", 2)))
    says(judged, STOP, "2 times 500 PATCH /patches/:id on a")


def test_no_request_is_no_evidence() -> None:
    says(none_may_be_a_server_error(answered()), HOLD, "no request")
    says(none_may_be_a_server_error(answered(counter("200", 0))), HOLD, "no request")


@pytest.mark.parametrize("code", ["", "5xx", "600", "20"])
def test_a_code_that_is_none_is_neither_error_nor_success(code: str) -> None:
    broken = answered(counter("200", 9), counter(code, 1))
    says(none_may_be_a_server_error(broken), HOLD, "no HTTP status")
    says(share_must_stay_below(broken, code=409, limit_ratio=0.05, requests=1), HOLD, "no HTTP status")


def test_a_count_that_is_none_holds() -> None:
    odd = scraped({"instance": "a", "code": "200"}, [NAN] * SCRAPES)
    broken = answered(counter("200", 9), odd)
    says(none_may_be_a_server_error(broken), HOLD, "no count")
    says(share_must_stay_below(broken, code=409, limit_ratio=0.05, requests=1), HOLD, "no count")


def test_without_a_window_nothing_is_known() -> None:
    unbounded = seen(series_set(counter("200", 9)))
    says(none_may_be_a_server_error(unbounded), HOLD)
    says(share_must_stay_below(unbounded, code=409, limit_ratio=0.05, requests=1), HOLD)


@pytest.mark.parametrize(
    ("stale", "of", "inclusive", "verdict"),
    [
        (4, 100, False, GO),
        (5, 100, False, STOP),
        (7, 140, False, STOP),
        (6, 140, False, GO),
        (7, 140, True, GO),
        (8, 140, True, STOP),
        (0, 100, False, GO),
    ],
)
def test_a_share_is_counted_in_whole_requests(stale: int, of: int, inclusive: bool, verdict: Verdict) -> None:  # noqa: FBT001
    observed = answered(counter("200", of - stale), counter("409", stale))
    judged = share_must_stay_below(observed, code=409, limit_ratio=0.05, requests=100, inclusive=inclusive)
    says(judged, verdict, f"{stale} time")


@pytest.mark.parametrize(("count", "least", "verdict"), [(100, 100, GO), (99, 100, HOLD), (0, 0, HOLD)])
def test_a_share_of_too_few_is_none(count: int, least: int, verdict: Verdict) -> None:
    observed = answered(counter("200", count))
    says(share_must_stay_below(observed, code=409, limit_ratio=0.05, requests=least), verdict)
