"""Verdicts: the same questions at every address, with members that the database names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import grpc
import pytest
from grpc_reflection.v1alpha import reflection

from flipgate.config.environment import Environment, OrgV23, Service
from flipgate.core.clock import Clock
from flipgate.core.errors import Ambiguous, Malformed, NotConfigured, Unreachable
from flipgate.core.facts.verdicts import Check, VerdictSample
from flipgate.probes.readings import verdicts
from flipgate.probes.systems import Systems
from flipgate.probes.verdicts import CHECK
from flipgate.rehearsal.services.contract import METHODS
from tests.probes.org_database import fill
from tests.probes.servers import PostgresServer

ALLOW, DENY = 1, 2
MEMBERS = "insert into members select t || '-m-' || i, t, now() from generate_series(1, 3) i, unnest(array['a', 'b']) t"
Decide = Callable[[Any], int]


def exports_are_denied(asked: Any) -> int:
    return DENY if asked.action == "export" else ALLOW


@contextmanager
def governance(decide: Decide, layers: int = 4) -> Iterator[str]:
    method = METHODS[CHECK]

    def answer(asked: Any, _: object) -> Any:
        return method.response(verdict=decide(asked), layers=layers, matched_policy_id="p-1")

    handler = grpc.unary_unary_rpc_method_handler(
        answer, method.request.FromString, lambda message: message.SerializeToString()
    )
    server = grpc.server(ThreadPoolExecutor(2))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(method.service, {method.name: handler}),))
    reflection.enable_server_reflection((method.service,), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(0).wait()


@pytest.fixture
def serving(postgres_server: PostgresServer) -> Iterator[Callable[..., Systems]]:
    """Systems whose governance has one address for each way to decide."""
    fill(postgres_server)
    with postgres_server.admin() as admin:
        admin.execute(MEMBERS)
    with ExitStack() as stack:

        def started(*deciding: Decide, actions: tuple[str, ...] = ("read", "export"), layers: int = 4) -> Systems:
            addresses = tuple(stack.enter_context(governance(decide, layers)) for decide in deciding)
            org = OrgV23(
                test_org="a",
                detect_interval_s=60,
                governance_histogram="h",
                deployments=("d",),
                check_actions=actions,
                check_resources=("team/1", "budget/1"),
            )
            environment = Environment(
                name="dev",
                tier="dev",
                runbooks=("org_v23",),
                postgres=postgres_server.block,
                services={"context-engine": Service(addresses=addresses or ("127.0.0.1:1",), deployment="engine")},
                org_v23=org,
            )
            systems = Systems(environment, Clock())
            stack.callback(systems.database.close)
            return systems

        yield started


def test_a_sample_asks_for_one_member_of_each_tenant_at_every_address(serving: Callable[..., Systems]) -> None:
    seen = verdicts.capture(serving(exports_are_denied, exports_are_denied), checks=300)
    assert len(seen.value.addresses) == 2
    assert {(one.tenant, one.member) for one in seen.value.checks} == {("a", "a-m-3"), ("b", "b-m-3")}
    assert {(one.action, one.verdict) for one in seen.value.checks} == {("read", "ALLOW"), ("export", "DENY")}
    assert len(seen.value.checks) == 2 * 2 * 2
    assert any(CHECK in query for query in seen.asked)


def test_a_sample_of_fewer_checks_still_spreads_over_the_tenants(serving: Callable[..., Systems]) -> None:
    seen = verdicts.capture(serving(exports_are_denied), checks=4)
    assert len(seen.value.checks) == 4
    assert {one.tenant for one in seen.value.checks} == {"a", "b"}


def test_what_one_address_answers_otherwise_is_told_with_its_address(serving: Callable[..., Systems]) -> None:
    sample = verdicts.capture(serving(exports_are_denied), checks=300).value
    systems = serving(exports_are_denied, lambda _: ALLOW, layers=3)
    seen = verdicts.compare(systems, sample).value
    assert (seen.asked, seen.differing) == (8, 4)
    wrong = systems.environment.services["context-engine"].addresses[1]
    assert {(one.address, one.asked.action, one.verdict, one.policy) for one in seen.others} == {
        (wrong, "export", "ALLOW", "p-1")
    }
    assert list(seen.layers.values()) == [{"3": 8}, {"3": 8}]


def test_addresses_that_disagree_give_no_sample(serving: Callable[..., Systems]) -> None:
    with pytest.raises(Ambiguous, match="export"):
        verdicts.capture(serving(exports_are_denied, lambda _: ALLOW), checks=300)


def test_what_is_not_asked_for_is_not_configured(serving: Callable[..., Systems]) -> None:
    with pytest.raises(NotConfigured, match="check_actions"):
        verdicts.capture(serving(exports_are_denied, actions=()), checks=300)


def test_a_verdict_that_nobody_knows_is_malformed(serving: Callable[..., Systems]) -> None:
    with pytest.raises(Malformed, match="known verdict"):
        verdicts.capture(serving(lambda _: 9), checks=300)


def test_a_service_that_is_away_is_unreachable(serving: Callable[..., Systems]) -> None:
    sample = VerdictSample(("a:1",), (Check("a", "m-3", "read", "team/1", "ALLOW"),))
    with pytest.raises(Unreachable):
        verdicts.compare(serving(), sample)
