"""What was measured over time is drawn from its recorded observation, with limits and flip, for every reader."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from flipgate.core.facts.drift import DriftHistory, Stretch
from flipgate.core.facts.series import Series, SeriesSet
from flipgate.core.judgement import Figure
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.core.window import Window
from flipgate.evidence.account import GateAccount, StepAccount
from flipgate.evidence.drawing import Bar, Limit, Mark, Plot, alone, drawn
from flipgate.evidence.plots import plots
from flipgate.evidence.records import GateText, StepJudged, StepText, seen
from tests.unit.evidence.cutover import BEGAN
from tests.unit.evidence.svg import parsed

TEN_MINUTES = Window(BEGAN, BEGAN + timedelta(minutes=10))
ERRORS = "error_rate.must_stay_below"
P95, TARGET = "latency.p95_must_not_stay_above", "latency.p95_must_be_below"
BREAKER = "breaker.breaker_must_have_kept_its_distance"
DRIFT = "drift_history.must_have_been_zero_throughout"


def gate(value: object, *judged: tuple[str, dict[str, Figure]], window: Window = TEN_MINUTES) -> GateAccount:
    """A gate whose claims all judge one observation."""
    found = seen("g", Observation(value, "", "prometheus", (), window.end, window))
    when = StepText("When", 'the requests at the gateway since the flip of "read_from_org_units" are read')
    text = GateText("g", "t", "f", "7.1", "founder", (), "", (when,))
    steps = tuple(
        StepAccount(_step(judge, figures, found.sha256), BEGAN, BEGAN, found) for judge, figures in judged
    )  # fmt: skip
    return GateAccount(text, Verdict.GO, steps, (), BEGAN, BEGAN)


def _step(judge: str, figures: dict[str, Figure], observation: str) -> StepJudged:
    return StepJudged("g", 1, "Then", "c", Verdict.GO, "subject", "seen", "limit", observation, judge, figures)


def counter(per_scrape: float, **labels: str) -> Series:
    times = [BEGAN.timestamp() + 15 * number for number in range(41)]
    return Series({"instance": "i", **labels}, tuple((at, per_scrape * n) for n, at in enumerate(times)))


REQUESTS = SeriesSet("r", (counter(99, code="200"), counter(1, code="500")), (counter(0),), 15.0, 1)
BUCKETS = SeriesSet("b", (counter(0, le="5.0"), counter(10, le="7.0"), counter(10, le="inf")), (counter(0),), 15.0, 1)


def test_the_error_rate_is_drawn_minute_by_minute_with_its_limit_and_the_flip() -> None:
    (plot,) = plots(gate(REQUESTS, (ERRORS, {"limit_ratio": 0.005, "minute_requests": 100})))
    assert {round(bar.high, 3) for bar in plot.bars} == {1.0}
    assert (len(plot.bars), plot.limits[0].at) == (10, 0.5)
    assert plot.marks == (Mark(BEGAN, "read_from_org_units flipped"),)


def test_claims_about_one_measurement_share_a_plot() -> None:
    claims: tuple[tuple[str, dict[str, Figure]], ...] = ((P95, {"limit_ms": 7.0}), (TARGET, {"limit_ms": 5.0}))
    (plot,) = plots(gate(BUCKETS, *claims))
    assert [limit.at for limit in plot.limits] == [7.0, 5.0]
    assert {(bar.low, bar.high) for bar in plot.bars} == {(5.0, 7.0)}


def test_the_breakers_minutes_are_counted_as_the_breaker_counts() -> None:
    slow = SeriesSet("b", (counter(0, le="7.0"), counter(10, le="inf")), (counter(0),), 15.0, 1)
    (plot,) = plots(gate(slow, (BREAKER, {"limit_ms": 7.0, "minutes": 5, "minute_samples": 20})))
    assert [bar.high for bar in plot.bars] == [float(row) for row in range(1, len(plot.bars) + 1)]
    assert plot.limits == (Limit(5, "breaker trips at 5"),)


def test_a_gap_in_the_drift_stays_a_gap() -> None:
    start, end = TEN_MINUTES.start.timestamp(), TEN_MINUTES.end.timestamp()
    stretches = (Stretch(start, start + 60, 0.0, 5), Stretch(end - 60, end, 2.0, 5))
    (plot,) = plots(gate(DriftHistory({"a/b": stretches}, 15.0, {}), (DRIFT, {"missed": 2})))
    assert [(bar.window.length_s, bar.high) for bar in plot.bars] == [(60, 0.0), (60, 2.0)]


@pytest.mark.parametrize("judge", ["posture.flag_must_read", ""])
def test_what_has_no_course_over_time_has_no_plot(judge: str) -> None:
    assert plots(gate(REQUESTS, (judge, {}))) == ()


def test_a_window_of_seconds_has_no_plot() -> None:
    window = Window(BEGAN, BEGAN + timedelta(seconds=59))
    assert plots(gate(REQUESTS, (ERRORS, {"limit_ratio": 0.005}), window=window)) == ()


HOSTILE = Plot("</title><script>alert(1)</script>", "%", TEN_MINUTES, (), told="]]>\x1b[2J")


@pytest.mark.parametrize("plot", [HOSTILE, Plot("p", "ms", TEN_MINUTES, (Bar(TEN_MINUTES, 0, 0),))])
def test_a_drawing_is_well_formed_and_says_what_it_shows(plot: Plot) -> None:
    for text in (drawn(plot), alone(drawn(plot))):
        root = parsed(text)
        children = {child.tag.rpartition("}")[2]: child for child in root}
        assert root.attrib["role"] == "img"
        assert root.attrib["aria-labelledby"] == f"{children['title'].attrib['id']} {children['desc'].attrib['id']}"
        assert "script" not in children


def test_no_more_bars_are_drawn_than_can_be_seen() -> None:
    minutes = [Window(BEGAN + timedelta(minutes=n), BEGAN + timedelta(minutes=n + 1)) for n in range(1440)]
    day = Window(minutes[0].start, minutes[-1].end)
    plot = Plot("p", "%", day, tuple(Bar(window, 0.0, 9.0 if n == 700 else 0.1) for n, window in enumerate(minutes)))
    rects = [one for one in parsed(drawn(plot)).iter() if one.tag.endswith("rect")]
    assert len(rects) <= 240
    assert sum(float(one.attrib["height"]) > 50 for one in rects) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_image_of_its_own_stays_inside_its_frame(browser: Browser, scheme: str) -> None:
    plot = Plot("Error rate by minute", "%", TEN_MINUTES, (Bar(TEN_MINUTES, 0, 0.4),), (Limit(0.5, "limit 0.5 %"),))
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    page.set_content(f'<div style="width:460px">{alone(drawn(plot))}</div>')
    frame = page.locator("svg").bounding_box()
    boxes = [text.bounding_box() for text in page.locator("svg text").all()]
    context.close()
    assert frame is not None
    assert all(box and box["x"] >= frame["x"] and box["y"] >= frame["y"] for box in boxes)
    assert all(box and box["x"] + box["width"] <= frame["x"] + frame["width"] + 1 for box in boxes)
    assert math.isfinite(frame["height"])
