"""After a deploy: do the portal's flows lead to their handlers (runbook §12.2)?

    SMOKE_GATEWAY_URL=https://dev.example.com pytest -m post_deploy

With the URL alone each path is called without a token: to be refused by its handler is to have reached it. With
SMOKE_GATEWAY_TOKEN and SMOKE_GATEWAY_ORG_ID each flow is called end to end and has to answer, with any number of rows.
Without a URL all is skipped, and that is never a GO.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from flipgate.config.environment import Gateway
from flipgate.config.secret import Secret
from flipgate.core.errors import Held, NoAnswer, Stopped
from flipgate.core.facts.end_to_end import CallAnswer, EndToEnd
from flipgate.core.facts.routes import RoutesReading
from flipgate.core.judgement import Judgement
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.gates import end_to_end, routes
from flipgate.plugin.smoke import URL_SETTING
from flipgate.probes.connect import Connect, failure_of
from flipgate.probes.contract import FLOWS, Flow

TOKEN_SETTING, ORG_SETTING = "SMOKE_GATEWAY_TOKEN", "SMOKE_GATEWAY_ORG_ID"

Fact = TypeVar("Fact")
pytestmark = [pytest.mark.post_deploy, pytest.mark.org_v23]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.names[0])
def test_the_flow_is_live(flow: Flow) -> None:
    url = os.environ.get(URL_SETTING)
    if not url:
        pytest.skip(f"{URL_SETTING} names no gateway")
    token, org = os.environ.get(TOKEN_SETTING, ""), os.environ.get(ORG_SETTING, "")
    if bool(token) != bool(org):
        raise Held(f"{TOKEN_SETTING} and {ORG_SETTING} go together: both for end to end, neither for the mount check")
    connect = Connect(Gateway(url=url, token=Secret(token or "none", f"env:{TOKEN_SETTING}"), job="gateway"))
    _judge(_called(connect, flow, org) if token else _mounted(connect, flow))


def _mounted(connect: Connect, flow: Flow) -> Judgement:
    return routes.every_route_must_reach_its_handler(_seen(RoutesReading((connect.without_token(flow.path),))))


def _called(connect: Connect, flow: Flow, org: str) -> Judgement:
    try:
        failure = failure_of(connect.call(flow.path, org, {}))
    except NoAnswer as error:
        failure = "", error.seen
    code, detail = failure or ("ok", "")
    answer = CallAnswer(flow.names[0], "Connect at the gateway", code, detail)
    return end_to_end.every_call_must_succeed(_seen(EndToEnd((answer,))))


def _seen(value: Fact) -> Observation[Fact]:
    return Observation(value, "answers", "gateway", (), datetime.now(UTC))


def _judge(judgement: Judgement) -> None:
    if judgement.verdict is not Verdict.GO:
        kind = Stopped if judgement.verdict is Verdict.STOP else Held
        raise kind(f"{judgement.subject}: {judgement.seen}")
