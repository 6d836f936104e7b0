"""The reconciler's page, Alertmanager, the gateway: what they say in world time, and what is no answer."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime

import pytest
from pytest_httpserver import HTTPServer

from flipgate.config.environment import Alertmanager as AlertmanagerBlock
from flipgate.config.environment import Exporter
from flipgate.config.environment import Gateway as GatewayBlock
from flipgate.config.secret import Secret
from flipgate.core.clock import Clock
from flipgate.core.errors import Malformed, Unreachable
from flipgate.probes.alertmanager import Alertmanager
from flipgate.probes.exposition import Exposition, Sample, of
from flipgate.probes.gateway import Gateway

AHEAD = Clock(3600.0)
PAGE = """\
# HELP dualwrite_open_drift Rows that differ.
# TYPE dualwrite_open_drift gauge
dualwrite_open_drift 0
dualwrite_open_drift{tenant="a",table="org_units"} 3
dualwrite_open_drift{tenant="b \\"x\\"}",table="org_units"} NaN
dualwrite_last_pass_timestamp_seconds 1.7e9
"""


def exposition(server: HTTPServer, page: str, content_type: str = "text/plain; version=0.0.4") -> Exposition:
    server.expect_request("/metrics").respond_with_data(page, content_type=content_type)
    return Exposition("reconciler", Exporter(url=server.url_for(""), job="r", deployment="r"), AHEAD)


def test_a_labelled_drift_series_is_seen(httpserver: HTTPServer) -> None:
    found = of("dualwrite_open_drift", exposition(httpserver, PAGE).page().value)
    assert found[:2] == (
        Sample("dualwrite_open_drift", {}, 0.0),
        Sample("dualwrite_open_drift", {"tenant": "a", "table": "org_units"}, 3.0),
    )
    assert found[2].labels["tenant"] == 'b "x"}'
    assert math.isnan(found[2].value)


def test_an_address_with_a_path_is_that_page(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/own/metrics").respond_with_data(PAGE, content_type="text/plain")
    block = Exporter(url=httpserver.url_for("/own/metrics"), job="r", deployment="r")
    assert Exposition("reconciler", block, AHEAD).page().asked == ("GET /own/metrics",)


@pytest.mark.parametrize(
    "page",
    [
        "dualwrite_open_drift 0",
        'dualwrite_open_drift{tenant="a"} 0\ndualwrite_open_drift{tenant="a"} 3\n',
        "dualwrite_open_drift zero\n",
        "dualwrite_open_drift 1_0\n",
        'dualwrite_open_drift{tenant="a" 0\n',
        "dualwrite_open_drift 0 1500000000000\n",
        "<html>sign in</html>\n",
        "404 page not found\n",
        "\x00\n",
        "",
    ],
)
def test_a_page_that_is_not_in_order_is_malformed(httpserver: HTTPServer, page: str) -> None:
    with pytest.raises(Malformed):
        exposition(httpserver, page).page()


def test_a_page_for_people_is_malformed(httpserver: HTTPServer) -> None:
    with pytest.raises(Malformed, match="text/html"):
        exposition(httpserver, PAGE, "text/html").page()


def alert(**status: object) -> dict[str, object]:
    return {
        "labels": {"alertname": "DualwriteDriftPersisting"},
        "startsAt": "2026-05-01T10:00:00.123456789Z",
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": [], **status},
    }


def alertmanager(server: HTTPServer, body: object) -> Alertmanager:
    server.expect_request("/api/v2/alerts").respond_with_data(json.dumps(body), content_type="application/json")
    return Alertmanager(AlertmanagerBlock(url=server.url_for(""), watchdog="Watchdog"), AHEAD)


def test_silenced_and_inhibited_alerts_are_asked_for_and_told(httpserver: HTTPServer) -> None:
    quiet = [alert(), alert(state="suppressed", silencedBy=["s"]), alert(state="suppressed", inhibitedBy=["i"])]
    seen = alertmanager(httpserver, quiet).alerts()
    assert [(one.state, one.silenced_by, one.inhibited_by) for one in seen.value] == [
        ("active", (), ()),
        ("suppressed", ("s",), ()),
        ("suppressed", (), ("i",)),
    ]
    assert seen.value[0].starts_at.replace(microsecond=0) == datetime(2026, 5, 1, 11, tzinfo=UTC)
    (request, _) = httpserver.log[0]
    assert {name: request.args[name] for name in ("active", "silenced", "inhibited", "unprocessed")} == {
        "active": "true",
        "silenced": "true",
        "inhibited": "true",
        "unprocessed": "true",
    }


@pytest.mark.parametrize(
    "body",
    [
        {},
        None,
        [{}],
        [alert(state=1)],
        [{**alert(), "startsAt": "yesterday"}],
        [{**alert(), "startsAt": "2026-05-01T10:00:00"}],
    ],
)
def test_what_is_no_list_of_alerts_is_malformed(httpserver: HTTPServer, body: object) -> None:
    with pytest.raises(Malformed):
        alertmanager(httpserver, body).alerts()


def gateway(url: str) -> Gateway:
    return Gateway(GatewayBlock(url=url, token=Secret("t0ken", "env:TOKEN"), job="gateway"), AHEAD)


@pytest.mark.parametrize("status", [200, 401, 404])
def test_the_gateway_names_its_environment_whatever_it_answers(httpserver: HTTPServer, status: int) -> None:
    headers = {"X-Upsquad-Environment": "dev", "Date": "Fri, 01 May 2026 10:00:00 GMT"}
    httpserver.expect_request("/").respond_with_data("", status, headers=headers)
    seen = gateway(httpserver.url_for("")).itself().value
    assert seen.environment == "dev"
    assert "Authorization" not in httpserver.log[0][0].headers


def test_a_gateway_that_names_no_environment_is_silent(httpserver: HTTPServer) -> None:
    assert gateway(httpserver.url_for("")).itself().value.environment == ""


def test_a_gateway_that_is_away_is_unreachable(free_port: int) -> None:
    with pytest.raises(Unreachable):
        gateway(f"http://127.0.0.1:{free_port}").itself()
