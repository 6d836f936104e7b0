from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import accumulate

import pytest

from flipgate.core.facts.series import Series, SeriesSet
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.gates.error_rate import must_have_rebounded, must_have_traffic, must_stay_below
from tests.unit.gates.given import GO, HOLD, NAN, NOW, STOP, last, says, scraped, seen, series_set, up, without

LIMIT, WINDOW_S, EVERY_S = 0.005, 600.0, 15.0
OK = {"code": "200", "service": "tenant-service", "instance": "gw-1"}
BAD = OK | {"code": "503"}
SCRAPES = 41  # ten minutes


def counter(labels: dict[str, str], grown: Iterable[float], start: float = 1000.0) -> Series:
    """A counter that had counted before and then grew by so much from scrape to scrape."""
    return scraped(labels, accumulate(grown, initial=start))


def steady(amount: float, scrapes: int = SCRAPES) -> list[float]:
    return [amount] * (scrapes - 1)


def reading(
    *series: Series, scrapes: tuple[Series, ...] | None = None, length_s: float = WINDOW_S
) -> Observation[SeriesSet]:
    count = round(length_s / EVERY_S) + 1
    return seen(series_set(*series, scrapes=(up("gw-1", count),) if scrapes is None else scrapes), last(length_s))


def judged(*series: Series, length_s: float = WINDOW_S, minute_requests: int = 100) -> Judgement:
    its = reading(*series, length_s=length_s)
    return must_stay_below(its, limit_ratio=LIMIT, window_s=WINDOW_S, minute_requests=minute_requests)


def errors_at(errors: dict[int, float], scrapes: int = SCRAPES) -> Series:
    return counter(BAD, [errors.get(index, 0.0) for index in range(scrapes - 1)], start=7.0)


def test_requests_without_errors_are_go() -> None:
    says(judged(counter(OK, steady(250))), GO, "0 % (0 of 10 000 requests)")


@pytest.mark.row("C11")
@pytest.mark.parametrize(("errors", "verdict"), [(4, GO), (5, STOP), (6, STOP)])
def test_the_limit_itself_is_not_below_the_limit(errors: int, verdict: object) -> None:
    """1000 requests in each minute; so many of one minute's fail."""
    assert judged(counter(OK, [250.0 - errors, *steady(250, 40)]), errors_at({0: errors})).verdict is verdict


@pytest.mark.parametrize(("minute_requests", "verdict"), [(1000, STOP), (1001, GO)])
def test_a_bad_minute_of_just_enough_requests_is_stop(minute_requests: int, verdict: object) -> None:
    """One minute has 1000 requests, of which 5 fail; the others have 3000."""
    ok = counter(OK, [245.0, 250, 250, 250, *steady(750, 37)])
    assert judged(ok, errors_at({0: 5}), minute_requests=minute_requests).verdict is verdict


def test_errors_below_the_limit_in_every_minute_and_above_it_in_none_are_go() -> None:
    says(judged(counter(OK, steady(1000)), counter(BAD, steady(4))), GO, "0.3984 %")


def test_one_bad_minute_is_not_averaged_away() -> None:
    judgement = judged(counter(OK, steady(1000)), errors_at({20: 60}))
    says(judgement, STOP, "tenant-service 503 ×60", "11:55:00–11:56:00")


def test_a_bad_window_that_no_whole_slice_from_the_flip_holds_is_seen() -> None:
    errors = dict.fromkeys(range(20, 60), 6.0)
    bad = errors_at(errors, 81)
    judgement = judged(counter(OK, steady(1000, 81)), bad, length_s=1200, minute_requests=1_000_000)
    says(judgement, HOLD, "too little traffic")
    judgement = judged(counter(OK, steady(1000, 81)), bad, length_s=1200, minute_requests=20_000)
    says(judgement, STOP)


def test_a_burst_is_stop_before_the_window_has_elapsed() -> None:
    judgement = judged(counter(OK, steady(250, 9)), errors_at({7: 40}, 9), length_s=120)
    says(judgement, STOP, "×40")


def test_clean_so_far_is_hold_until_the_window_has_elapsed() -> None:
    judgement = judged(counter(OK, steady(250, 9)), length_s=120)
    says(judgement, HOLD, "2 min of 10 min")
    assert judgement.ready_at == NOW + timedelta(seconds=480)


def test_no_traffic_is_no_rate() -> None:
    says(judged(counter(OK, steady(0))), HOLD, "no requests")
    says(judged(), HOLD, "no requests")


def test_traffic_that_died_after_the_flip_is_hold() -> None:
    dead = [250.0] * 20 + [0.0] * 60
    says(judged(counter(OK, dead), length_s=1200), HOLD, "too little traffic")


def test_errors_among_too_few_requests_long_ago_are_hold() -> None:
    """Only the stretch that begins with the flip holds them, and it has 45 requests."""
    quiet = counter(OK, [*steady(1, 41), *steady(250, 41)])
    says(judged(quiet, errors_at({0: 5}, 81), length_s=1200), HOLD, "5 of 45 requests")


@pytest.mark.parametrize(("minute_requests", "verdict"), [(9_999, GO), (10_000, GO), (10_001, HOLD)])
def test_the_last_window_needs_enough_requests(minute_requests: int, verdict: object) -> None:
    assert judged(counter(OK, steady(250)), minute_requests=minute_requests).verdict is verdict


def test_one_request_is_enough_where_one_is_asked_for() -> None:
    one = counter(OK, [1.0, *steady(0, 40)])
    says(judged(one, minute_requests=1), GO, "0 of 1 request")
    says(must_have_traffic(reading(one), requests=1), GO, "1 request")
    says(judged(counter(OK, [0.0, *steady(0, 40)]), errors_at({0: 1}), minute_requests=1), STOP, "1 of 1 request")


def test_a_few_requests_have_no_rate_good_or_bad() -> None:
    says(judged(counter(OK, steady(1)), errors_at({3: 5})), HOLD, "too little traffic")


def test_errors_of_a_series_that_is_born_in_the_window_count_from_zero() -> None:
    born = without(scraped(BAD, [0.0] * 30 + [50.0] * 11), *range(30))
    says(judged(counter(OK, steady(250)), born), STOP, "×50")


def test_what_a_process_had_counted_at_its_first_scrape_is_not_counted() -> None:
    says(judged(counter(OK, steady(250)), counter(BAD, steady(0), start=5000.0)), GO)


def test_a_restart_counts_from_zero_again() -> None:
    restarted = scraped(BAD, [900.0] * 20 + [60.0] * 21)
    says(judged(counter(OK, steady(250)), restarted), STOP, "×60")
    says(judged(counter(OK, steady(250)), scraped(BAD, [900.0] * 20 + [0.0] * 21)), GO)


def test_a_restart_seen_in_one_counter_is_one_of_the_whole_process() -> None:
    outgrown = scraped(BAD, [10.0] * 20 + [60.0] * 21)
    fallen = scraped(OK, [*(1000.0 + 250 * index for index in range(20)), *(250.0 * index for index in range(21))])
    says(judged(fallen, outgrown), STOP, "×60")
    says(judged(fallen, without(outgrown, *range(20, 30))), STOP, "×60")


def test_errors_in_the_first_scrape_after_the_flip_are_seen_if_the_scrape_before_it_was_read() -> None:
    ok, bad = counter(OK, steady(250, 42)), errors_at({0: 50}, 42)
    says(judged(ok, bad, length_s=607), STOP, "×50")
    says(judged(without(ok, 0), without(bad, 0), length_s=607), GO)


def test_requests_before_the_flip_do_not_count() -> None:
    early = scraped(BAD, [0.0] * 5 + [500.0] * 60)
    says(judged(counter(OK, steady(250, 65)), early), GO)


def test_every_replica_counts_for_itself_where_scrapes_are_concerned() -> None:
    second = {"instance": "gw-2"}
    both = (counter(OK, steady(250)), counter(OK | second, steady(250)), counter(BAD | second, steady(20)))
    its = reading(*both, scrapes=(up("gw-1", SCRAPES), up("gw-2", SCRAPES)))
    says(must_stay_below(its, limit_ratio=LIMIT, window_s=WINDOW_S, minute_requests=100), STOP)


def test_nan_is_hold() -> None:
    says(judged(counter(OK, steady(250)), scraped(BAD, [0.0] * 40 + [NAN])), HOLD, "NaN")


def test_errors_beside_nan_are_still_stop() -> None:
    odd = scraped(BAD | {"service": "rbac-service"}, [NAN] * 41)
    says(judged(counter(OK, steady(250)), odd, errors_at({3: 100})), STOP)


@pytest.mark.parametrize("code", ["", "5xx", "OK", "14"])
def test_a_code_that_is_no_http_status_is_hold(code: str) -> None:
    says(judged(counter(OK, steady(250)), counter(OK | {"code": code}, steady(1))), HOLD, repr(code))


def test_a_series_without_a_code_or_service_is_hold_and_named() -> None:
    says(judged(counter(OK, steady(250)), counter({"instance": "gw-1"}, steady(1))), HOLD, "success: ''")


def test_what_is_no_count_is_no_traffic_and_no_rebound() -> None:
    its = reading(counter(OK, steady(250)), scraped(BAD, [0.0] * 40 + [NAN]))
    says(must_have_traffic(its, requests=100), HOLD, "no count")
    says(must_have_rebounded(its, limit_ratio=LIMIT, window_s=WINDOW_S), HOLD, "no count")


def test_a_scrape_gap_is_hold() -> None:
    gappy = reading(counter(OK, steady(250)), scrapes=(up("gw-1", SCRAPES, missing=(10, 11, 12)),))
    says(must_stay_below(gappy, limit_ratio=LIMIT, window_s=WINDOW_S, minute_requests=100), HOLD, "gw-1 not scraped")


def test_a_replica_that_is_not_scraped_is_hold() -> None:
    its = reading(counter(OK, steady(250)))
    two = replace(its, value=replace(its.value, targets=2))
    says(must_stay_below(two, limit_ratio=LIMIT, window_s=WINDOW_S, minute_requests=100), HOLD, "1 of 2 targets")


@pytest.mark.parametrize(("requests", "verdict"), [(9_999, GO), (10_000, GO), (10_001, HOLD)])
def test_traffic_has_to_reach_its_figure(requests: int, verdict: object) -> None:
    assert must_have_traffic(reading(counter(OK, steady(250))), requests=requests).verdict is verdict


def test_no_traffic_is_hold_whatever_the_figure() -> None:
    says(must_have_traffic(reading(), requests=0), HOLD)


def rebounded(errors: dict[int, float], length_s: float) -> Judgement:
    scrapes = round(length_s / EVERY_S) + 1
    its = reading(counter(OK, steady(1000, scrapes)), errors_at(errors, scrapes), length_s=length_s)
    return must_have_rebounded(its, limit_ratio=LIMIT, window_s=WINDOW_S)


def test_clean_since_the_flip_back_is_go() -> None:
    says(rebounded({}, 600), GO, "no bad minute")


def test_the_rebound_is_timed() -> None:
    says(rebounded(dict.fromkeys(range(8), 200), 720), GO, "ended 2 min after the flip back")


@pytest.mark.row("I4")
def test_a_window_that_mixes_in_the_time_before_the_rebound_is_hold_until_it_is_clean() -> None:
    judgement = rebounded(dict.fromkeys(range(8), 200), 660)
    says(judgement, HOLD)
    assert judgement.ready_at == NOW + timedelta(seconds=60)


def test_a_flip_back_that_is_too_young_is_hold_even_while_errors_go_on() -> None:
    judgement = rebounded(dict.fromkeys(range(20), 200), 300)
    says(judgement, HOLD)
    assert judgement.ready_at == NOW + timedelta(seconds=600)


def test_errors_that_go_on_a_whole_window_after_the_flip_back_are_stop() -> None:
    says(rebounded(dict.fromkeys(range(48), 200), 720), STOP, "tenant-service 503")


@pytest.mark.parametrize(("errors", "verdict"), [(19, GO), (20, STOP)])
def test_a_last_minute_at_the_limit_is_bad_once_a_whole_window_is_over(errors: int, verdict: object) -> None:
    """4000 requests in the last minute; the window since the flip back is just over."""
    ok = counter(OK, [*steady(1000, 40), 1000.0 - errors])
    its = reading(ok, errors_at({39: errors}))
    assert must_have_rebounded(its, limit_ratio=LIMIT, window_s=WINDOW_S).verdict is verdict


@pytest.mark.parametrize(("errors", "verdict"), [(9, GO), (10, HOLD)])
def test_a_last_window_at_the_limit_is_hold_though_no_minute_is_bad(errors: int, verdict: Verdict) -> None:
    """The errors end the first minute, whose beginning the last window leaves out: 2000 requests remain."""
    ok = counter(OK, [1000.0, 1000, 450 - errors, 450, *steady(110, 11), *steady(0, 29)])
    its = reading(ok, errors_at({2: errors}, 43), length_s=630)
    says(must_have_rebounded(its, limit_ratio=LIMIT, window_s=WINDOW_S), verdict, f"({errors} of 2 000 requests)")


@pytest.mark.parametrize(("each", "verdict"), [(2.5, GO), (2.475, HOLD)])
def test_a_rebound_needs_a_hundred_requests(each: float, verdict: object) -> None:
    its = reading(counter(OK, steady(each)))
    assert must_have_rebounded(its, limit_ratio=LIMIT, window_s=WINDOW_S).verdict is verdict


def test_recovered_because_traffic_is_zero_is_hold() -> None:
    its = reading(counter(OK, steady(0)))
    says(must_have_rebounded(its, limit_ratio=LIMIT, window_s=WINDOW_S), HOLD)
