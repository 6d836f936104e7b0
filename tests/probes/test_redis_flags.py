"""The flag store is read exactly, and only where it can be believed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from flipgate.config.environment import Redis
from flipgate.core.clock import Clock
from flipgate.core.errors import Malformed, NoData, Unreachable
from flipgate.probes.redis_flags import RedisFlags
from tests.probes.servers import RedisServer, running_redis, until

FLAG = "read_from_org_units"
KEY = f"ff:orgv23:{FLAG}"


@pytest.fixture
def flags(redis_server: RedisServer) -> RedisFlags:
    redis_server.admin.flushall()
    return RedisFlags(redis_server.block, Clock(offset_s=3600))


def test_values_are_read_platform_wide_and_by_tenant(flags: RedisFlags, redis_server: RedisServer) -> None:
    redis_server.admin.mset({f"{KEY}:global": "true", f"{KEY}:t2": "false", f"{KEY}:t9": "true"})
    seen = flags.values([FLAG, "cascade_4layer"], ["t1", "t2"])
    assert [(v.flag, v.surface, v.scope, v.text) for v in seen.value] == [
        (FLAG, "redis", "global", "true"),
        (FLAG, "redis", "t2", "false"),
    ]
    assert seen.value[1].command == f"redis-cli SET {KEY}:t2 {{value}}"
    assert any(f"{KEY}:global" in asked for asked in seen.asked)


@pytest.mark.parametrize(
    ("held", "text"),
    [(b"True", "True"), (b"true ", "true "), (b"true\n", "true\n"), (b"", ""), (b"true\xff", "true\\xff")],
)
def test_the_text_is_exact(flags: RedisFlags, redis_server: RedisServer, held: bytes, text: str) -> None:
    redis_server.admin.set(f"{KEY}:global", held)
    assert [value.text for value in flags.values([FLAG], []).value] == [text]


def test_a_missing_key_says_nothing(flags: RedisFlags) -> None:
    assert flags.values([FLAG], ["t1"]).value == ()


def test_many_tenants_are_asked_in_batches_and_none_is_lost(flags: RedisFlags, redis_server: RedisServer) -> None:
    tenants = [f"tenant-{number:04}" for number in range(1203)]
    redis_server.admin.mset({f"{KEY}:{tenant}": tenant for tenant in tenants})
    assert [value.text for value in flags.values([FLAG], tenants).value] == tenants


def test_a_key_of_another_type_is_no_missing_key(flags: RedisFlags, redis_server: RedisServer) -> None:
    redis_server.admin.hset(f"{KEY}:global", "value", "true")
    with pytest.raises(Malformed, match="WRONGTYPE"):
        flags.values([FLAG], [])


def test_a_huge_value_is_never_fetched(flags: RedisFlags, redis_server: RedisServer) -> None:
    redis_server.admin.setrange(f"{KEY}:global", 400_000_000, "x")
    before = redis_server.admin.info("stats")["total_net_output_bytes"]
    with pytest.raises(Malformed, match="400000001"):
        flags.values([FLAG], [])
    assert redis_server.admin.info("stats")["total_net_output_bytes"] - before < 100_000
    redis_server.admin.flushall()


def test_a_replica_that_never_synced_is_not_believed(free_port: int) -> None:
    with (
        running_redis("--replicaof", "127.0.0.1", str(free_port)) as replica,
        pytest.raises(NoData, match="link to its primary down"),
    ):
        RedisFlags(replica.block, Clock()).values([FLAG], [])


def test_a_replica_is_believed_while_its_link_is_up_and_no_longer() -> None:
    with running_redis() as replica:
        flags = RedisFlags(replica.block, Clock())
        with running_redis("--repl-diskless-sync-delay", "0") as primary:
            primary.admin.set(f"{KEY}:global", "true")
            replica.admin.replicaof("127.0.0.1", primary.port)
            until(lambda: replica.admin.info("replication")["master_link_status"] == "up")
            assert [value.text for value in flags.values([FLAG], []).value] == ["true"]
        until(lambda: replica.admin.info("replication")["master_link_status"] == "down")
        assert replica.admin.get(f"{KEY}:global") == b"true"
        with pytest.raises(NoData, match="may be old"):
            flags.values([FLAG], [])


def test_the_servers_time_is_told_in_world_time(flags: RedisFlags) -> None:
    seen = flags.server_time()
    assert abs(seen.value - seen.taken_at) < timedelta(seconds=2)


def test_a_flag_store_says_which_process_it_is_and_whose_data_it_has(
    flags: RedisFlags, redis_server: RedisServer
) -> None:
    run_id, replid = (
        redis_server.admin.info("server")["run_id"],
        redis_server.admin.info("replication")["master_replid"],
    )
    assert flags.itself().value == {"run_id": run_id, "replid": replid}


def test_nobody_there_is_unreachable(free_port: int) -> None:
    block = RedisServer(free_port).block
    with pytest.raises(Unreachable, match=f"127.0.0.1:{free_port}"):
        RedisFlags(block, Clock()).values([FLAG], [])


def test_a_wrong_password_is_unreachable_and_not_repeated(redis_server: RedisServer) -> None:
    block = redis_server.block
    stranger = Redis(
        host=block.host, port=block.port, username="stranger", password=block.password, key_prefix=block.key_prefix
    )
    with pytest.raises(Unreachable) as refused:
        RedisFlags(stranger, Clock()).values([FLAG], [])
    assert block.password.reveal() not in str(refused.value)
