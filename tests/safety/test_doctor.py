"""Each right beyond reading is found where it is really granted, told with what mends it, and gone after that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from flipgate.config.environment import Environment, Kubernetes, Postgres, Redis
from flipgate.config.secret import Secret
from flipgate.core.errors import Unreachable
from flipgate.doctor import told
from flipgate.probes.rights import Right, audited
from flipgate.probes.rights.kubernetes import rights as of_kubernetes
from flipgate.probes.rights.postgres import rights as of_postgres
from flipgate.probes.rights.redis import rights as of_redis
from tests.probes.servers import PASSWORD, PostgresServer, RedisServer, running_redis
from tests.safety.least_privilege import owner, postgres_reader, redis_reader

DATABASE = "doctored"
TABLES = ("create table flags (name text, on_ boolean)", "create sequence numbers")
KEEPER = "-".join(["keeper", "of", "keys"])
DEFINER = (
    "create function put() returns int language sql security definer as 'select 1'; "
    "grant execute on function put() to public"
)
FOREIGN = (
    "create foreign data wrapper far; create server beyond foreign data wrapper far; "
    "grant usage on foreign server beyond to flipgate"
)


@pytest.fixture(scope="module")
def flag_store() -> Iterator[RedisServer]:
    """A server whose default user has a password."""
    with running_redis() as server:
        redis_reader(server)
        server.admin.execute_command("ACL", "SETUSER", "default", "resetpass", f">{KEEPER}")
        yield server


@pytest.fixture
def keeper(flag_store: RedisServer) -> Any:
    """Its administrator."""
    client = flag_store.admin
    client.connection_pool.connection_kwargs["password"] = KEEPER
    return client


@pytest.fixture
def reader(flag_store: RedisServer) -> Redis:
    return Redis(host="127.0.0.1", port=flag_store.port, username="flipgate", password=PASSWORD, key_prefix="ff:orgv23")


@pytest.fixture(scope="module")
def looking(postgres_server: PostgresServer) -> Postgres:
    return postgres_reader(postgres_server, DATABASE, *TABLES)


@pytest.mark.parametrize(
    ("granted", "kind"),
    [
        ("+set ~ff:orgv23:*", "changes keys"),
        ("+lpushx ~ff:orgv23:*", "changes keys"),
        ("+del ~ff:orgv23:*", "deletes keys"),
        ("+pexpire ~ff:orgv23:*", "lets keys expire"),
        ("+restore ~ff:orgv23:*", "copies keys in"),
        ("+publish allchannels", "publishes"),
        ("+eval", "runs scripts"),
        ("+script", "drops scripts"),
        ("+acl", "changes users"),
        ("+config", "changes the server's settings"),
        ("+replicaof", "makes the server a replica"),
        ("+swapdb", "swaps databases"),
        ("+client", "stops other clients"),
    ],
)
def test_a_right_of_the_redis_user(reader: Redis, keeper: Any, granted: str, kind: str) -> None:
    assert of_redis(reader) == ()
    keeper.execute_command("ACL", "SETUSER", "flipgate", *granted.split())
    found = of_redis(reader)
    assert [right.kind for right in found] == [kind]
    keeper.execute_command(*found[0].mend.split())
    assert of_redis(reader) == ()


def test_an_open_default_user(reader: Redis, keeper: Any) -> None:
    keeper.execute_command("ACL", "SETUSER", "default", "nopass")
    found = of_redis(reader)
    assert [right.kind for right in found] == ["default user"]
    assert found[0].mend == "ACL SETUSER default off"
    keeper.execute_command("ACL", "SETUSER", "default", "resetpass", f">{KEEPER}")
    assert of_redis(reader) == ()


def test_finding_out_changes_nothing_where_everything_is_allowed(redis_server: RedisServer) -> None:
    redis_server.admin.set("ff:orgv23:a:global", "true")
    before = state(redis_server)
    assert len(of_redis(redis_server.block)) == 13
    assert state(redis_server) == before


def state(server: RedisServer) -> tuple[object, ...]:
    admin = server.admin
    return admin.dbsize(), admin.get("ff:orgv23:a:global"), admin.acl_list(), admin.config_get(), admin.role()[0]


@pytest.mark.parametrize(
    ("grant", "kind"),
    [
        ("alter role flipgate superuser", "superuser"),
        ("alter role flipgate createrole", "createrole"),
        ("alter role flipgate createdb", "createdb"),
        ("alter role flipgate replication", "replication"),
        ("alter role flipgate bypassrls", "bypassrls"),
        ("grant pg_write_all_data to flipgate", "member"),
        ("grant update on flags to public", "tables"),
        ("grant insert (name) on flags to flipgate", "tables"),
        ("grant truncate on flags to flipgate", "tables"),
        ("grant usage on sequence numbers to flipgate", "sequences"),
        ("grant create on schema public to flipgate", "schemas"),
        (f"grant create on database {DATABASE} to flipgate", "database"),
        (f"grant temporary on database {DATABASE} to public", "temporary"),
        (DEFINER, "definer"),
        ("grant execute on function lo_create(oid) to flipgate", "large objects"),
        ("grant execute on function pg_logical_emit_message(boolean, text, text) to flipgate", "log"),
        (FOREIGN, "foreign servers"),
    ],
)
def test_a_right_of_the_database_role(
    postgres_server: PostgresServer, looking: Postgres, grant: str, kind: str
) -> None:
    assert of_postgres(looking) == ()
    with owner(postgres_server, DATABASE) as admin:
        admin.execute(grant.encode())
        found = of_postgres(looking)
        assert kind in [right.kind for right in found]
        mends = [right.mend for right in found if right.kind == kind]
        for mend in mends:
            admin.execute(mend.encode())
        if kind == "definer":
            admin.execute("drop function put()")
    assert of_postgres(looking) == ()


def rules(*of: tuple[list[str], list[str]]) -> dict[str, Any]:
    own = {"verbs": ["create"], "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], "apiGroups": [""]}
    told_rules = [own, *({"verbs": verbs, "resources": resources, "apiGroups": [""]} for verbs, resources in of)]
    return {"status": {"resourceRules": told_rules, "nonResourceRules": [], "incomplete": False}}


@pytest.mark.parametrize(
    ("verbs", "resources", "kind"),
    [
        (["*"], ["pods"], "wildcard"),
        (["get"], ["*"], "wildcard"),
        (["get"], ["pods/exec"], "pods/exec"),
        (["create"], ["pods/portforward"], "pods/portforward"),
        (["get"], ["nodes/proxy"], "nodes/proxy"),
        (["get", "list"], ["secrets"], "secrets"),
        (["get", "patch"], ["deployments"], "changes"),
        (["create"], ["pods/eviction"], "changes"),
        (["impersonate"], ["users"], "impersonation"),
        (["bind"], ["roles"], "escalation"),
        (["create"], ["serviceaccounts/token"], "tokens"),
    ],
)
def test_a_right_of_the_service_account(
    httpserver: HTTPServer, verbs: list[str], resources: list[str], kind: str
) -> None:
    """No API server is at hand here: the answer is one of the API's shape."""
    review = rules((["get", "list"], ["pods", "pods/log"]), (verbs, resources))
    path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews"
    httpserver.expect_request(path, "POST").respond_with_json(review, 201)
    block = Kubernetes(url=httpserver.url_for(""), namespace="platform", token=Secret("t", "env:T"))
    assert [right.kind for right in of_kubernetes(block)] == [kind]
    asked = json.loads(httpserver.log[0][0].data)
    assert (asked["kind"], asked["spec"]) == ("SelfSubjectRulesReview", {"namespace": "platform"})


def test_a_system_that_is_away_is_said_so_and_finds_nothing(free_port_block: Redis) -> None:
    audit = audited(Environment(name="dev", tier="dev", runbooks=("demo",), redis=free_port_block))
    assert (audit.asked, audit.rights) == ((), ())
    assert isinstance(audit.unanswered[0], Unreachable)


@pytest.fixture
def free_port_block(tmp_path: Path) -> Redis:
    assert tmp_path.is_dir()
    return Redis(host="127.0.0.1", port=1, username="u", password=PASSWORD, key_prefix="ff")


def test_a_finding_is_told_with_its_mending(redis_server: RedisServer) -> None:
    environment = Environment(
        name="dev", tier="dev", runbooks=("demo",), redis=redis_server.block, allow_write_capable="ticket OPS-12"
    )
    lines = list(told(environment, audited(environment)))
    assert lines[0] == "redis: 13 rights beyond reading"
    assert "    mend: ACL SETUSER default off" in lines
    assert lines[-1] == "put up with here: ticket OPS-12"
    assert isinstance(audited(environment).rights[0], Right)
