"""The door to gRPC lets named reads pass, in all four kinds of call, each with a deadline."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from benchmarks.tenant_stub import PATHS
from flipgate.core.errors import Malformed, NoData, Refused, Unreachable
from flipgate.probes.grpc_call import GrpcCalls
from flipgate.safety.addresses import Address
from flipgate.safety.grpc import aio_channel, channel, replicas
from tests.probes.tenant_service import TenantService, block

KINDS = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")
WRITE = "/upsquad.tenant.v1.TenantService/SetTeam"
TEAMS = PATHS[0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", [WRITE, "/grpc.health.v1.Health/Watch", "", "/" + TEAMS.lower(), f"//{TEAMS}"])
def test_a_method_that_is_not_on_the_list_cannot_be_called(kind: str, method: str) -> None:
    opened = channel(block("127.0.0.1:1"), Address("127.0.0.1:1", "127.0.0.1"))
    with pytest.raises(Refused):
        getattr(opened, kind)(method)
    opened.close()


@pytest.mark.parametrize("kind", KINDS)
def test_nor_asynchronously(kind: str) -> None:
    async def attempt() -> None:
        opened = aio_channel(block("127.0.0.1:1"), Address("127.0.0.1:1", "127.0.0.1"))
        with pytest.raises(Refused):
            getattr(opened, kind)(WRITE)
        await opened.close()

    asyncio.run(attempt())


def test_a_read_reaches_the_service_with_its_tenant() -> None:
    service = TenantService().holding("tenant-e-2")
    with service.serving() as address:
        calls = GrpcCalls(block(address))
        answer = calls.call(calls.addresses[0], calls.methods([TEAMS])[TEAMS], "tenant-e-2", {"page_size": 2}, times=3)
    assert [team.name for team in answer.teams] == ["Café 0", "Café 1"]
    assert service.seen == [(TEAMS, "tenant-e-2")] * 3


def test_a_service_that_hangs_ends_on_time() -> None:
    service, over = TenantService().holding("t"), threading.Event()
    service.spoil = lambda _, raw: raw if over.wait(20) else b""
    with service.serving() as address:
        calls = GrpcCalls(block(address))
        method, began = calls.methods([TEAMS])[TEAMS], time.monotonic()
        with pytest.raises(Unreachable, match="DEADLINE_EXCEEDED"):
            calls.call(calls.addresses[0], method, "t", {"page_size": 2})
        assert time.monotonic() - began < 7
        over.set()


@pytest.mark.row("F7")
def test_a_message_over_the_cap_is_refused() -> None:
    service = TenantService().holding("t")
    service.spoil = lambda _, raw: raw + b"\x7a\x80\x80\x80\x03" + b"x" * (6 << 20)
    with service.serving() as address:
        calls = GrpcCalls(block(address))
        with pytest.raises(Unreachable, match="RESOURCE_EXHAUSTED"):
            calls.call(calls.addresses[0], calls.methods([TEAMS])[TEAMS], "t", {"page_size": 2})


def test_bytes_that_are_no_message_are_malformed() -> None:
    service = TenantService().holding("t")
    service.spoil = lambda _, raw: raw[:-1] + b"\xff\xff"
    with service.serving() as address:
        calls = GrpcCalls(block(address))
        with pytest.raises(Malformed, match="ListTeamsResponse"):
            calls.call(calls.addresses[0], calls.methods([TEAMS])[TEAMS], "t", {"page_size": 2})


def test_a_method_that_is_not_served_is_no_data() -> None:
    with TenantService().serving() as address, pytest.raises(NoData, match="GetTree"):
        GrpcCalls(block(address)).methods(["upsquad.orgunit.v1.OrgUnitService/GetTree"])


def test_nobody_there_is_unreachable(free_port: int) -> None:
    with pytest.raises(Unreachable, match=f"127.0.0.1:{free_port}"):
        GrpcCalls(block(f"127.0.0.1:{free_port}")).methods([TEAMS])


def test_each_listed_address_is_asked_once_and_a_name_that_leads_nowhere_is_said_so() -> None:
    assert [str(found) for found in replicas(block("127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:1"))] == [
        "127.0.0.1:1",
        "127.0.0.1:2",
    ]
    with pytest.raises(Unreachable, match="resolves to nothing"):
        replicas(block("no-such-name.invalid:1"))
