"""What does looking at every record cost, beside merely asking for it?

python -m benchmarks

Parity over all tenants is timed beside a bare asyncio loop over the same calls, turn by turn against one server in a
process of its own; the best turns are compared, so that ratios travel between machines, busy ones too. Peak memory is
measured in a process for each number of tenants.
"""

from __future__ import annotations

import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import grpc.aio

from benchmarks.row import Row
from benchmarks.tenant_stub import PATHS, contract, message
from flipgate.config.environment import Service
from flipgate.probes.baseline import FORMAT, Header
from flipgate.probes.listings import Listings
from flipgate.probes.parity import capture, compare

IN_FLIGHT = 32
TENANTS, ROUNDS = 1000, 7
FEW, MANY = 500, 5000


def run() -> list[Row]:
    """Which figures come out, beside their bounds?"""
    with served() as address, tempfile.TemporaryDirectory() as folder:
        return [_throughput(address, Path(folder)), _memory(address)]


@contextmanager
def served() -> Iterator[str]:
    command = [sys.executable, "-m", "benchmarks.tenant_stub"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        try:
            yield f"127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.stdin.close()


def _throughput(address: str, folder: Path) -> Row:
    tenants = _names(TENANTS)
    listings, file = _captured(address, tenants, folder)
    ours, bare = [], []
    for _ in range(ROUNDS):
        bare.append(_seconds(lambda: asyncio.run(_bare(address, tenants))))
        ours.append(_seconds(lambda: _compared(listings, file, tenants)))
    calls = TENANTS * len(PATHS)
    detail = f"{calls / min(ours):.0f} calls a second, {calls / min(bare):.0f} without looking at the answers"
    return Row("parity over 1,000 tenants, of a bare loop's time", min(ours) / min(bare), 1.25, detail)


def _memory(address: str) -> Row:
    few, many = (_peak_mb(address, count) for count in (FEW, MANY))
    detail = f"{many:.0f} MB for {MANY} tenants, {few:.0f} MB for {FEW}"
    return Row("parity's peak memory, of that for a tenth", many / few, 1.1, detail)


def _peak_mb(address: str, tenants: int) -> float:
    command = [sys.executable, "-m", "benchmarks.parity", address, str(tenants)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _capture_and_compare(address: str, count: int) -> float:
    """How many MB does this process take at most, to capture and to compare?"""
    with tempfile.TemporaryDirectory() as folder:
        listings, file = _captured(address, _names(count), Path(folder))
        _compared(listings, file, _names(count))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _names(count: int) -> tuple[str, ...]:
    return tuple(f"tenant-{number:06}" for number in range(count))


def _captured(address: str, tenants: tuple[str, ...], folder: Path) -> tuple[Listings, Path]:
    listings, file = Listings(Service(addresses=(address,), deployment="tenant-service")), folder / "baseline.jsonl"
    header = Header(FORMAT, "benchmark", "run", datetime.now(UTC), listings.addresses, tenants)
    capture(listings, header, file, tenants[0])
    return listings, file


def _compared(listings: Listings, file: Path, tenants: tuple[str, ...]) -> None:
    found = compare(listings, file, tenants, lambda _: {}, tenants[0])
    assert found.differing == 0
    assert found.totals()[0].tenants == len(tenants)


async def _bare(address: str, tenants: tuple[str, ...]) -> None:
    pool = contract()
    remaining = iter(tenants)
    async with grpc.aio.insecure_channel(address) as channel:
        stubs = []
        for path in PATHS:
            name = path.partition("/")[0].rpartition(".")[0] + "." + path.rpartition("/")[2]
            request, response = (message(pool, f"{name}{kind}") for kind in ("Request", "Response"))
            stubs.append((channel.unary_unary(f"/{path}", request.SerializeToString, response.FromString), request()))

        async def work() -> None:
            for tenant in remaining:
                for call, request in stubs:
                    await call(request, metadata=(("x-upsquad-org-id", tenant),), timeout=5)

        await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    sys.stdout.write(str(_capture_and_compare(sys.argv[1], int(sys.argv[2]))))
