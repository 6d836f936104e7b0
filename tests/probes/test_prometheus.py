"""Prometheus: raw samples in world time, from a real one; and what is no answer, from a hostile one."""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import promql_parser
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from flipgate.config.environment import Prometheus as Block
from flipgate.core.clock import Clock
from flipgate.core.errors import Malformed, NoData, NotConfigured, Unreachable
from flipgate.core.window import Window
from flipgate.probes.prometheus import Prometheus
from tests.probes.real_prometheus import prometheus

OFFSET_S = 7200.0
STEP_S = 15
SAMPLES = 4 * 60 * 4  # four hours


@dataclass(frozen=True)
class Past:
    """A history that ends at a moment of server time: a counter that restarts and one that is born, an hour ago."""

    end: int

    def text(self) -> str:
        times = [self.end - STEP_S * back for back in range(SAMPLES, 0, -1)]
        born, lines = SAMPLES - 240, []
        lines += [f'up{{job="gateway",instance="g:1"}} 1 {at}' for at in times]
        lines += [
            f'requests_total{{job="gateway",instance="g:1",code="200"}} {n % 480} {at}' for n, at in enumerate(times)
        ]
        lines += [f'requests_total{{job="gateway",instance="g:1",code="500"}} 7 {at}' for at in times[born:]]
        lines += [f'requests_total{{job="other",instance="o:1",code="200"}} 1 {at}' for at in times]
        lines += [
            f'dualwrite_open_drift{{tenant="a \\"b\\"\\\\"}} {"NaN" if n == 900 else 0} {at}'
            for n, at in enumerate(times)
        ]
        for bound, each in (("0.0049", 1), ("0.007", 2), ("+Inf", 3)):
            series = f'check_seconds_bucket{{job="gateway",instance="g:1",le="{bound}"}}'
            lines += [f"{series} {each * n} {at}" for n, at in enumerate(times)]
        for n, at in enumerate(times):
            lines.append(f'process_start_time_seconds{{job="gateway",instance="g:1"}} {times[n - n % 480]} {at}')
        return "".join(f"{line}\n" for line in lines)


@pytest.fixture(scope="module")
def past() -> Past:
    return Past(int(time.time()) // STEP_S * STEP_S)


@pytest.fixture(scope="module")
def url(past: Past, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("prometheus")
    with prometheus(folder, past.text()) as address:
        yield address


def probe(url: str, offset_s: float = OFFSET_S) -> Prometheus:
    block = Block(url=url, scrape_interval_s=15.0, targets={"gateway": 1})
    return Prometheus(block, Clock(offset_s))


def world(past: Past, seconds_before_the_end: float) -> datetime:
    return datetime.fromtimestamp(past.end, UTC) + timedelta(seconds=OFFSET_S - seconds_before_the_end)


def test_samples_are_raw_in_world_time_and_half_open(url: str, past: Past) -> None:
    window = Window(world(past, 600), world(past, 300))
    seen = probe(url).series("requests_total", window, {"job": "gateway", "code": "500"})
    (series,) = seen.value
    assert series.labels == {"job": "gateway", "instance": "g:1", "code": "500"}
    assert [at for at, _ in series.samples] == [window.start.timestamp() + STEP_S * n for n in range(20)]
    assert {value for _, value in series.samples} == {7.0}
    assert seen.window == window
    assert f"time={past.end - 300}.000" in seen.asked[0]
    assert "now" not in "".join(seen.asked)


def test_a_long_window_is_asked_in_pieces_and_loses_no_sample(url: str, past: Past) -> None:
    window = Window(world(past, STEP_S * SAMPLES), world(past, 0))
    seen = probe(url).series("requests_total", window, {"code": "200", "job": "gateway"})
    assert len(seen.asked) == 2
    (series,) = seen.value
    assert [value for _, value in series.samples] == [float(n % 480) for n in range(SAMPLES)]


def test_nan_stays_nan_and_labels_keep_quotes_and_backslashes(url: str, past: Past) -> None:
    window = Window(world(past, STEP_S * SAMPLES), world(past, 0))
    (series,) = probe(url).series("dualwrite_open_drift", window, {"tenant": 'a "b"\\'}).value
    assert [n for n, (_, value) in enumerate(series.samples) if math.isnan(value)] == [900]


def test_nothing_kept_is_no_series(url: str, past: Past) -> None:
    assert probe(url).series("requests_total", Window(world(past, 10), world(past, 9)), {}).value == ()
    assert probe(url).series("nothing_total", Window(world(past, 600), world(past, 0)), {}).value == ()


def test_a_set_of_buckets_has_its_bounds_in_milliseconds(url: str, past: Past) -> None:
    seen = probe(url).bucket_set("check_seconds", "gateway", Window(world(past, 600), world(past, 0))).value
    assert sorted(series.labels["le"] for series in seen.series) == ["+Inf", "4.9", "7"]
    assert (seen.metric, len(seen.scrapes)) == ("check_seconds_bucket", 1)


def test_a_set_of_series_has_its_scrapes_and_its_declared_targets(url: str, past: Past) -> None:
    seen = probe(url).series_set("requests_total", "gateway", Window(world(past, 600), world(past, 0))).value
    assert {one.labels["code"] for one in seen.series} == {"200", "500"}
    assert [len(one.samples) for one in seen.scrapes] == [42]  # two of them before the window
    assert (seen.targets, seen.scrape_interval_s) == (1, 15.0)


def test_a_process_that_started_inside_the_window_disturbs_it_and_is_named_in_world_time(url: str, past: Past) -> None:
    restarted = (SAMPLES - 480) * STEP_S  # seconds before the end
    around = Window(world(past, restarted + 300), world(past, restarted - 300))
    (seen,) = probe(url).series_set("requests_total", "gateway", around).disturbed
    assert (seen.at, seen.what, seen.source) == (world(past, restarted), "g:1 started", "prometheus")
    since = Window(world(past, restarted), world(past, restarted - 300))
    assert probe(url).series_set("requests_total", "gateway", since).disturbed == ()


def test_a_job_without_declared_targets_is_not_configured(url: str, past: Past) -> None:
    with pytest.raises(NotConfigured, match="other"):
        probe(url).series_set("requests_total", "other", Window(world(past, 600), world(past, 0)))


def test_metrics_exist_or_not(url: str) -> None:
    asked = {"requests_total", "nothing_total", "check_seconds_bucket"}
    assert probe(url).existing(asked).value == {"requests_total", "check_seconds_bucket"}


@pytest.mark.row("B17")
def test_bucket_bounds_are_exact_milliseconds(url: str) -> None:
    seen = probe(url).bounds("check_seconds").value
    assert (seen.layouts_ms, seen.series) == (((4.9, 7.0),), 1)
    with pytest.raises(NoData):
        probe(url).bounds("nothing")


def test_bucket_growth_counts_what_happened_inside(url: str, past: Past) -> None:
    grown = probe(url).bucket_growth("check_seconds", Window(world(past, 600), world(past, 0))).value
    assert grown == {'instance="g:1",job="gateway"': {"4.9": 40.0, "7": 80.0, "+Inf": 120.0}}
    with pytest.raises(NoData):
        probe(url).bucket_growth("nothing", Window(world(past, 600), world(past, 0)))


def test_rules_are_read_with_their_health_and_world_time(url: str) -> None:
    rules = {rule.name: rule for rule in probe(url).rules().value}
    assert rules["DualwriteReconcilerStalled"].expression == "time() - no_such_metric > 3960"
    assert (rules["Watchdog"].state, rules["Watchdog"].health) == ("firing", "ok")
    evaluated_at = rules["Watchdog"].evaluated_at
    assert evaluated_at
    assert abs((evaluated_at - Clock(OFFSET_S).now()).total_seconds()) < 30


def test_external_labels_come_from_the_running_configuration(url: str) -> None:
    assert probe(url).external_labels().value == {"environment": "dev"}


def test_its_own_clock_is_told_in_world_time(url: str) -> None:
    before = Clock(OFFSET_S).now() - timedelta(milliseconds=1)
    seen = probe(url).server_time()
    assert before <= seen.value <= seen.taken_at


def answered(server: HTTPServer, body: object, status: int = 200) -> Prometheus:
    text = body if isinstance(body, str) else json.dumps(body)
    server.expect_request("/api/v1/query").respond_with_data(text, status, content_type="application/json")
    server.expect_request("/api/v1/status/config").respond_with_data(text, status, content_type="application/json")
    return probe(server.url_for(""))


WINDOW = Window(datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 1, 0, 10, tzinfo=UTC))


def matrix(*values: object, **more: object) -> dict[str, object]:
    result = [{"metric": {"job": "x"}, "values": list(values)}]
    return {"status": "success", "data": {"resultType": "matrix", "result": result}, **more}


@pytest.mark.row("B12")
@pytest.mark.parametrize(
    "body",
    [
        {"status": "error", "errorType": "execution", "error": "too many samples"},
        matrix(warnings=["some store was away"]),
        {"status": "success", "data": {"resultType": "vector", "result": []}},
        {"status": "success", "data": {"resultType": "matrix", "result": "none"}},
        {"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}, "histograms": []}]}},
        matrix([1, 2]),
        matrix(["1", "2"]),
        matrix([1, "1_0"]),
        matrix([1, " 1"]),
        matrix([1, "one"]),
        '{"status":"success","data":{"resultType":"matrix","result":[]},"status":"success"}',
        "[" * 100_000,
        "",
    ],
    ids=lambda body: str(body)[:60],
)
def test_what_is_no_matrix_of_samples_is_malformed(httpserver: HTTPServer, body: object) -> None:
    with pytest.raises(Malformed):
        answered(httpserver, body).series("up", WINDOW, {})


def test_remarks_are_no_warnings_and_infinity_is_a_value(httpserver: HTTPServer) -> None:
    at = WINDOW.start.timestamp() - OFFSET_S
    seen = answered(httpserver, matrix([at, "+Inf"], infos=["metric might not be a counter"])).series("up", WINDOW, {})
    assert seen.value[0].samples == ((WINDOW.start.timestamp(), math.inf),)


def test_trouble_of_its_own_is_unreachable(httpserver: HTTPServer) -> None:
    with pytest.raises(Unreachable, match="query timed out"):
        answered(httpserver, {"status": "error", "error": "query timed out"}, 503).series("up", WINDOW, {})


def test_an_answer_that_is_too_long_is_asked_for_in_halves(httpserver: HTTPServer) -> None:
    asked: list[str] = []

    def answer(request: Request) -> Response:
        asked.append(request.args["query"])
        long = request.args["query"] == "up[601s]"
        return Response(json.dumps(matrix()) + " " * (17_000_000 * long), content_type="application/json")

    httpserver.expect_request("/api/v1/query").respond_with_handler(answer)
    probe(httpserver.url_for("")).series("up", WINDOW, {})
    assert asked == ["up[601s]", "up[301s]", "up[301s]"]


@pytest.mark.parametrize("config", ["- a list", "global: [", "&a [*a]", "global: {external_labels: {environment: 3}}"])
def test_a_configuration_that_cannot_be_read_is_malformed(httpserver: HTTPServer, config: str) -> None:
    with pytest.raises(Malformed):
        answered(httpserver, {"status": "success", "data": {"yaml": config}}).external_labels()


def test_a_configuration_without_labels_names_none(httpserver: HTTPServer) -> None:
    assert answered(httpserver, {"status": "success", "data": {"yaml": "global: {}"}}).external_labels().value == {}


QUESTIONS: list[Callable[[Prometheus], object]] = [
    lambda it: it.series("up", WINDOW, {"job": 'a"b\\c\n'}),
    lambda it: it.series("up", WINDOW, {}),
    lambda it: it.existing({"a_total", "b:c"}),
    lambda it: it.bounds("check_seconds"),
    lambda it: it.bucket_growth("check_seconds", WINDOW),
]


COMPUTED = re.compile(r"\b(rate|irate|increase|delta|histogram_quantile|avg|sum|or|vector)\b")


@pytest.mark.row("B9")
@pytest.mark.parametrize("ask", QUESTIONS)
def test_every_query_is_valid_has_a_time_and_computes_no_rate(
    httpserver: HTTPServer, ask: Callable[[Prometheus], object]
) -> None:
    asked: list[Request] = []

    def answer(request: Request) -> Response:
        asked.append(request)
        return Response(status=500)

    httpserver.expect_request("/api/v1/query").respond_with_handler(answer)
    with pytest.raises(Unreachable):
        ask(probe(httpserver.url_for("")))
    for request in asked:
        assert promql_parser.parse(request.args["query"])
        assert not COMPUTED.search(request.args["query"])
        assert float(request.args["time"]) > 0
    assert asked
