"""The services' tests share one world; each test begins and ends with it healthy."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import redis

from flipgate.rehearsal.services.flags import initial_flags
from tests.rehearsal_services.world import Running, World, start_postgres, start_redis


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="flipgate-services-")))
        folder.chmod(0o755)  # PostgreSQL's own user has to reach it
        world = World(folder, start_postgres(folder, stack), start_redis(folder, stack))
        yield world
        for running in world.started:
            if running.process.poll() is None:
                running.end()


@pytest.fixture(scope="session")
def tenant(world: World) -> Running:
    return world.start("tenant", "tenant-service")


@pytest.fixture(scope="session")
def engine(world: World) -> Running:
    return world.start("context_engine", "context-engine")


@pytest.fixture(scope="session")
def rbac(world: World) -> Running:
    return world.start("new_services", "rbac-service")


@pytest.fixture(scope="session")
def gateway(world: World, tenant: Running, engine: Running, rbac: Running) -> Running:
    behind = {"tenant-service": tenant, "context-engine": engine, "rbac-service": rbac}
    return world.start("gateway", "gateway", **{name: running.ready["grpc"] for name, running in behind.items()})


@pytest.fixture(scope="session")
def reconciler(world: World) -> Running:
    return world.start("reconciler", "dualwrite-reconciler")


@pytest.fixture(autouse=True)
def _healthy(world: World) -> Iterator[None]:
    """Every test begins with the flags and levers of a healthy environment, and leaves them so."""
    yield
    for running in world.started:
        if running.process.poll() is None:
            running.behave(**running.healthy)
    with redis.Redis(**world.redis) as store:
        store.mset(initial_flags())
