"""What a gRPC server may answer that means harm: each ends on time, as no answer, and shows harmlessly."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from flipgate.core.errors import Malformed
from flipgate.probes.grpc_call import GrpcCalls
from flipgate.probes.grpc_health import health
from flipgate.probes.listings import Listings, TenantListing
from flipgate.safety.grpc import ANSWER_S
from flipgate.safety.loop import finished
from tests.probes.hostile import answering
from tests.probes.tenant_service import TenantService, block
from tests.safety.hostile_grpc import ANSWERS, PATHS, REFLECTED, WRONG, described_as, message, serving, streaming, wrong
from tests.safety.test_hostile_input import ends_harmlessly, harmful

ON_TIME_S = ANSWER_S + 5
WIRES: dict[str, tuple[bytes, ...]] = {
    "nothing at all": (b"",),
    "zero bytes": (b"\0" * 10_000,),
    "another protocol": (b"SSH-2.0-OpenSSH_9.0\r\n",),
    "HTTP/1": (b"HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\nContent-Length: 0\r\n\r\n",),
    "a page for people": (b"HTTP/1.1 502 \x1b[2J\r\nContent-Type: text/html\r\n\r\n<html>" + b"x" * 10_000,),
    "an alert of TLS": (b"\x15\x03\x03\x00\x02\x02\x46",),
    "settings, then garbage": (b"\0\0\0\x04\0\0\0\0\0", b"\xff" * 10_000),
    "settings, then silence": (b"\0\0\0\x04\0\0\0\0\0", *[b""] * 10_000),
    "a frame without end": (b"\0\0\0\x04\0\0\0\0\0", b"\xff\xff\xff\x00\0\0\0\0\x01", *[b"x" * 16_384] * 200),
    "headers that go on": (
        b"\0\0\0\x04\0\0\0\0\0",
        b"\0\0\1\x01\0\0\0\0\x01\x88",
        *[b"\0\0\1\x09\0\0\0\0\x01\x88"] * 999,
    ),
    "pings": (b"\0\0\0\x04\0\0\0\0\0", *[b"\0\0\x08\x06\0\0\0\0\0" + b"p" * 8] * 9000),
    "resets": (b"\0\0\0\x04\0\0\0\0\0", *[b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x08"] * 5000),
    "a goodbye that shows": (
        b"\0\0\0\x04\0\0\0\0\0",
        b"\0\0\x10\x07\0\0\0\0\0\0\0\0\0\0\0\0\x0b\x1b[2J\xe2\x80\xae\x07",
    ),
}


def listed(address: str, tenants: tuple[str, ...] = ("t",)) -> list[tuple[TenantListing, ...]]:
    """All listings of these tenants, down to their records."""

    async def all_of_them() -> list[tuple[TenantListing, ...]]:
        return [answers async for answers in Listings(block(address)).stream(tenants)]

    found = finished(all_of_them())
    assert all(isinstance(listing.canonical, bytes) for answers in found for listing in answers)
    return found


def called(address: str) -> object:
    calls = GrpcCalls(block(address))
    return calls.call(calls.addresses[0], calls.methods(PATHS[:1])[PATHS[0]], "t", {"page_size": 2})


ASKED: dict[str, Callable[[str], object]] = {"listings": listed, "one call": called}


@pytest.mark.parametrize("what", REFLECTED)
def test_what_it_describes_is_no_answer(what: str) -> None:
    with serving(lambda _request, _context: b"", REFLECTED[what]) as address:
        ends_harmlessly(lambda: GrpcCalls(block(address)).methods(PATHS))


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("what", ANSWERS)
def test_what_it_answers_is_no_answer(what: str, asked: str) -> None:
    with serving(ANSWERS[what]) as address:
        began = time.monotonic()
        ends_harmlessly(lambda: ASKED[asked](address))
        assert time.monotonic() - began < ON_TIME_S


@pytest.mark.parametrize("what", ANSWERS)
def test_its_health_is_not_serving_and_shows_harmlessly(what: str) -> None:
    with serving(ANSWERS[what]) as address:
        unwell(address)


def unwell(address: str) -> None:
    began = time.monotonic()
    (found,) = health("s", block(address), ("",))
    assert time.monotonic() - began < ON_TIME_S
    assert found.status != "SERVING"
    assert harmful(found.status + found.detail) == []


@pytest.mark.parametrize("what", WIRES)
def test_what_it_speaks_is_no_answer(what: str) -> None:
    with answering(*WIRES[what], pause_s=0.001) as url:
        address = url.removeprefix("http://")
        ends_harmlessly(lambda: listed(address))
        unwell(address)


@pytest.mark.parametrize("asked", ASKED)
def test_one_question_with_answers_without_end(asked: str) -> None:
    with streaming(b"\x0a\x06\x0a\x04name") as address:
        ends_harmlessly(lambda: ASKED[asked](address))
        unwell(address)


@pytest.mark.parametrize("name", WRONG)
def test_another_service_under_the_same_name_is_malformed(name: str) -> None:
    pool, raw = wrong(name)
    with serving(lambda _request, _context: raw, pool=pool) as address, pytest.raises(Malformed) as caught:
        listed(address)
    assert harmful(str(caught.value)) == []


@pytest.mark.parametrize("size", [100_000, 3_000_000])
def test_pages_without_end_are_left(size: int) -> None:
    """A thousand pages or 16 MiB, whichever comes first."""
    service, pages = TenantService().holding("t"), iter(range(10**9))
    token = b"\x12\x08%08d"
    service.spoil = lambda _, raw: raw + token % next(pages) + b"\x7a" + _blob(size)
    with service.serving() as address:
        ends_harmlessly(lambda: listed(address))


def _blob(size: int) -> bytes:
    """What follows the tag of a field that nobody knows: its length, and so many bytes."""
    return bytes([size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size >> 14 & 0x7F | 0x80, size >> 21]) + b"x" * size


@pytest.mark.parametrize("other", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_told_from_another_and_from_none(other: float) -> None:
    """JSON would write each of them as null."""
    pool = described_as("page_size:uint64 page_token", "teams:Record* next_page_token")
    answer = message(pool, "upsquad.tenant.v1.ListTeamsResponse")
    found = []
    for ratio in (other, 0.0, 2.0, float("inf") if other != float("inf") else float("nan")):
        raw = answer(
            teams=[{"id": "a", "ratio": ratio, "count": (1 << 64) - 1, "raw": b"\x00\xff"}]
        ).SerializeToString()
        with serving(lambda _request, _context, raw=raw: raw, pool=pool) as address:
            found.append(listed(address)[0][0].canonical)
    assert len(set(found)) == 4
    assert all(b"18446744073709551615" in one for one in found)


SERVERS = """
import sys
from contextlib import ExitStack
from tests.probes.tenant_service import TenantService
from tests.safety.test_hostile_grpc import ANSWERS, REFLECTED, _blob, serving
service, pages = TenantService().holding("t"), iter(range(10**9))
service.spoil = lambda _, raw: raw + b"\\x12\\x08%08d" % next(pages) + b"\\x7a" + _blob(3_000_000)
with ExitStack() as stack:
    for reflected in REFLECTED.values():
        print("described", stack.enter_context(serving(lambda *_: b"", reflected)))
    for answer in ANSWERS.values():
        print("answered", stack.enter_context(serving(answer)))
    print("answered", stack.enter_context(service.serving()))
    print(flush=True)
    sys.stdin.read()
"""
ASKING = """
import sys
from pathlib import Path
from flipgate.core.errors import NoAnswer
from flipgate.probes.grpc_call import GrpcCalls
from tests.probes.tenant_service import block
from tests.safety.test_hostile_grpc import PATHS, listed
told = []
for line in sys.stdin:
    kind, address = line.split()
    try:
        told.append(GrpcCalls(block(address)).methods(PATHS) if kind == "described" else listed(address))
    except NoAnswer:
        pass
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(len(told), int(peak.split()[1]) // 1024)
"""


def test_the_largest_answers_are_left_in_little_memory() -> None:
    """Every case above, asked by one process that serves none of them."""
    root, pipe = Path(__file__).parents[2], subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", SERVERS], cwd=root, stdin=pipe, stdout=pipe, text=True) as servers:
        assert servers.stdout is not None
        addresses = "".join(iter(servers.stdout.readline, "\n"))
        words = [sys.executable, "-c", ASKING]
        asked = subprocess.run(
            words, cwd=root, input=addresses, capture_output=True, text=True, check=True, timeout=200
        )
    assert addresses.count("\n") == len(REFLECTED) + len(ANSWERS) + 1
    answered, peak_mb = map(int, asked.stdout.split())
    assert answered == 0
    assert peak_mb < 256


def test_no_answer_is_what_these_tests_would_see_past() -> None:
    """The same server, meaning well."""
    service = TenantService().holding("t")
    with service.serving() as address:
        assert len(listed(address)[0][0].records) == 3
        with pytest.raises(pytest.fail.Exception):
            ends_harmlessly(lambda: listed(address))
