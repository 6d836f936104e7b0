"""Readings that gather flags, tables and clocks into one observation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_httpserver import HTTPServer

from flipgate.config.environment import Environment, Gateway
from flipgate.config.secret import Secret
from flipgate.core.clock import Clock
from flipgate.core.errors import NotConfigured
from flipgate.core.facts.flags import FlagValue
from flipgate.probes.readings.lever import lever
from flipgate.probes.readings.posture import Flags, posture
from flipgate.probes.readings.skew import skew
from flipgate.probes.systems import Systems
from tests.probes.org_database import NOON, fill
from tests.probes.servers import PostgresServer, RedisServer

FLAGS = ("dual_write_org_units", "cascade_4layer")
BARE = Environment(name="dev", tier="dev", runbooks=("org_v23",))


@pytest.fixture
def systems(postgres_server: PostgresServer, redis_server: RedisServer) -> Iterator[Systems]:
    fill(postgres_server)
    redis_server.admin.flushall()
    environment = Environment(
        name="dev", tier="dev", runbooks=("org_v23",), redis=redis_server.block, postgres=postgres_server.block
    )
    found = Systems(environment, Clock())
    yield found
    found.database.close()


def test_posture_gathers_every_surface_and_every_tenant(systems: Systems, redis_server: RedisServer) -> None:
    redis_server.admin.mset({"ff:orgv23:cascade_4layer:global": "true", "ff:orgv23:cascade_4layer:b": "false"})
    booted = FlagValue("cascade_4layer", "replica pod-1", "global", "true", NOON)
    seen = posture(systems, Flags(FLAGS), {"cascade_4layer": NOON}, [booted])
    assert [(value.surface, value.scope, value.text) for value in seen.value.values] == [
        ("redis", "global", "true"),
        ("redis", "b", "false"),
        ("database", "global", "false"),
        ("replica pod-1", "global", "true"),
    ]
    assert seen.value.tenants == ("a", "b")
    assert seen.value.changed_at == {"cascade_4layer": NOON}
    assert seen.source == "redis + postgresql"
    assert any(query.startswith("MGET") for query in seen.asked)
    assert any("platform_feature_flags" in query for query in seen.asked)


def test_the_lever_tells_legacy_and_mirror_apart(systems: Systems, postgres_server: PostgresServer) -> None:
    with postgres_server.admin() as admin:
        admin.execute("drop table team_memberships")
    seen = lever(systems).value
    assert [(table.name, table.exists, table.rows) for table in seen.legacy] == [
        ("pillars", True, 0),
        ("teams", True, 3),
        ("team_memberships", False, None),
    ]
    assert [(table.name, table.rows) for table in seen.mirror] == [("org_units", 3), ("org_unit_memberships", 0)]


def test_clocks_that_agree_differ_by_nothing(systems: Systems) -> None:
    seen = skew(systems)
    assert seen.value.skew_s == {"postgresql": 0.0, "redis": 0.0}
    assert seen.source == "postgresql + redis"


@pytest.mark.parametrize(("behind_s", "least_s"), [(0, 0.0), (-10, 9.0), (30, -29.0)])
def test_a_date_header_is_judged_by_its_whole_second(httpserver: HTTPServer, behind_s: int, least_s: float) -> None:
    clock = Clock(machine=lambda: datetime.now(UTC) + timedelta(seconds=behind_s))
    httpserver.expect_request("/").respond_with_data("no such page", 404)
    seen = skew(Systems(with_gateway(httpserver), clock)).value.skew_s["gateway"]
    assert abs(seen - least_s) <= 1


def test_an_environment_without_any_clock_is_not_configured() -> None:
    with pytest.raises(NotConfigured):
        skew(Systems(BARE, Clock()))


@pytest.mark.parametrize(
    "reading", [lever, lambda systems: posture(systems, Flags(FLAGS), {})], ids=["lever", "posture"]
)
def test_a_system_that_the_environment_has_not_is_not_configured(reading: Callable[[Systems], object]) -> None:
    with pytest.raises(NotConfigured):
        reading(Systems(BARE, Clock()))


def with_gateway(server: HTTPServer) -> Environment:
    gateway = Gateway(url=server.url_for(""), token=Secret("t", "env:T"), job="gateway")
    return Environment(name="dev", tier="dev", runbooks=("org_v23",), gateway=gateway)
