"""Minutes of calls: what their buckets tell, what a row of them says, and when they tell nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flipgate.gates.buckets import Buckets, calls_in
from flipgate.gates.minutes import ALL, Minute, Minutes, Row
from tests.unit.gates.checks import FAST, SIX, SLOW, each, everywhere, histogram
from tests.unit.gates.given import INF, NAN, NOW, last, scraped

NOON_MS = round(NOW.timestamp() * 1000)


def minute(*counts: float, who: str = "engine-a", until_s: float = 0) -> Minute:
    return Minute(who, NOON_MS + round(until_s * 1000), tuple(zip((5.0, 7.0, INF), counts, strict=True)))


@pytest.mark.parametrize(
    ("buckets", "p95_ms"),
    [
        (minute(10, 10, 10).buckets, (0.0, 5.0)),
        (minute(0, 10, 10).buckets, (5.0, 7.0)),
        (minute(0, 0, 0).buckets, (0.0, INF)),
        (minute(10, 0, 10).buckets, (0.0, INF)),
        ((), (0.0, INF)),
    ],
)
def test_a_p95_lies_between_any_bounds_where_the_counts_do_not_tell(
    buckets: Buckets, p95_ms: tuple[float, float]
) -> None:
    assert Minute("engine-a", NOON_MS, buckets).p95_ms == p95_ms


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        ((), "0 minutes in a row"),
        (
            (minute(1, 1, 1),),
            "1 minute in a row on engine-a, 2026-04-26 11:59:00–12:00:00 UTC: p95 up to 0 to 5 ms, 1 call",
        ),
        (
            (minute(0, 9, 9), minute(0, 0, 9, until_s=60), minute(9, 9, 9, until_s=120)),
            "3 minutes in a row on engine-a, 2026-04-26 11:59:00–12:02:00 UTC: p95 up to above 7 ms, 27 calls",
        ),
        (
            (minute(9, 9, 9), minute(9, 0, 9, until_s=60)),
            "2 minutes in a row on engine-a, 2026-04-26 11:59:00–12:01:00 UTC: p95 up to unknown, 18 calls",
        ),
        (
            (minute(9, 0, 9),),
            "1 minute in a row on engine-a, 2026-04-26 11:59:00–12:00:00 UTC: p95 up to unknown, 9 calls",
        ),
    ],
)
def test_a_row_is_told_with_its_time_and_its_slowest_minute(minutes: tuple[Minute, ...], told: str) -> None:
    assert str(Row(minutes)) == told


def of(its: object = None, *, least: int = 20, **changes: object) -> Minutes:
    given = everywhere(*[FAST] * 3) if its is None else its
    return Minutes(replace(given.value, **changes), given.window, least)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"targets": 3}, ""),
        ({"targets": 1}, ""),
        ({"targets": 4}, "3 of 4 replicas have buckets"),
        ({"targets": 0}, "no buckets, or no scrape in every minute"),
        ({"scrape_interval_s": 1}, ""),
        ({"scrape_interval_s": 60}, ""),
        ({"scrape_interval_s": 60.1}, "no buckets, or no scrape in every minute"),
        ({"scrape_interval_s": 0}, "no buckets, or no scrape in every minute"),
        ({"scrape_interval_s": INF}, "no buckets, or no scrape in every minute"),
        ({"scrape_interval_s": NAN}, "no buckets, or no scrape in every minute"),
        ({"series": ()}, "no buckets, or no scrape in every minute"),
    ],
)
def test_what_keeps_minutes_from_being_told(changes: dict[str, object], problem: str) -> None:
    assert "; ".join(of(**changes).problems(7.0)) == problem  # type: ignore[arg-type]


def test_without_calls_enough_no_minute_counts_and_no_replica_is_missed() -> None:
    assert list(of(everywhere(*[(3.5, 0)] * 3)).problems(7.0)) == ["no minute with 20 calls"]
    assert list(of(everywhere(*[(3.5, 1)] * 3), least=0).problems(7.0)) == []
    assert str(of(everywhere(*[(3.5, 0)] * 3))) == "no minute counts"


def test_the_slowest_minute_is_told() -> None:
    its = each([FAST, SLOW, FAST], [FAST] * 3, [SIX] * 3)
    told = str(of(its))
    assert told.startswith("slowest minute 7 to 10 ms on engine-a until 11:5")
    assert told.endswith("80 calls")


def test_the_last_stretch_holds_what_grew_after_its_beginning() -> None:
    """The calls of a minute are seen 15 s after it began, so 45 s before it ends."""
    its = of()
    assert [calls_in(its.last(length_s)["engine-a"]) for length_s in (45, 45.1, 600)] == [0, 80, 240]


def test_the_whole_minutes_since_the_start_are_those_with_calls_enough() -> None:
    its = of(each([FAST, (3.5, 1), SLOW], [(3.5, 1)] * 3, [FAST] * 3))
    assert [(one.until_ms - NOON_MS, one.calls) for one in its.whole("engine-a")] == [(-120_000, 80), (0, 80)]
    assert its.whole("nobody") == []
    assert [len(of(everywhere(*[(3.5, 1)] * 3), least=least).whole("engine-a")) for least in (0, 1, 2)] == [3, 3, 0]


@pytest.mark.parametrize(("after_s", "lives"), [(-0.1, False), (0, True), (180, True), (180.1, False)])
def test_a_replica_lives_by_a_sample_of_the_window(after_s: float, *, lives: bool) -> None:
    its = everywhere(*[FAST] * 3)
    *others, one = its.value.series
    only = replace(one, labels={"pod": "engine-d", "le": "+Inf"}, samples=((NOW.timestamp() - 180 + after_s, 1.0),))
    assert ("engine-d" in of(its, series=(*others, one, only)).replicas) is lives


def test_minutes_are_cut_at_every_scrape() -> None:
    """Slow calls after 75 s and 120 s: one minute holds both, where it begins after 60 s, and two where after 15 s."""
    slow = [20.0 * (index >= 5) + 20.0 * (index >= 8) for index in range(13)]
    counts = (("7", [0.0] * 13), ("10", slow), ("+Inf", slow))
    series = tuple(scraped({"pod": "a", "instance": "a", "le": bound}, values) for bound, values in counts)
    assert len(Minutes(histogram(series, targets=1), last(180), 20).longest_above(7.0)) == 2


def test_a_row_is_sought_on_all_or_replica_by_replica() -> None:
    its = of(each([SLOW] * 3, [FAST] * 3, [FAST] * 3))
    assert (len(its.longest_above(7.0)), len(its.longest_above(7.0, each=True))) == (3, 3)
    few = of(everywhere(*[(7.5, 10)] * 3))
    assert (few.longest_above(7.0).minutes[0].who, len(few.longest_above(7.0, each=True))) == (ALL, 0)
    assert few.replicas == ("engine-a", "engine-b", "engine-c")
