"""The services' tests share one world; each test begins and ends with it healthy."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import redis

from flipgate.rehearsal.services.flags import initial_flags
from tests.rehearsal_services.ops import HEALTHY, READ, WRITE, Replica, ops_world, started
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


@pytest.fixture(scope="session")
def ops(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    own = ops_world(world, tmp_path_factory.mktemp("ops"))
    yield own
    for running in own.started:
        running.end()


@pytest.fixture(scope="session")
def local(ops: World) -> Replica:
    return started(ops, "ops-view-local", {READ: "false"})


@pytest.fixture(scope="session")
def reading(ops: World) -> Replica:
    return started(ops, "ops-view-reading", {READ: "true", WRITE: "false"})


@pytest.fixture(scope="session")
def storing(ops: World) -> Replica:
    return started(ops, "ops-view-storing", {READ: "true", WRITE: "true"})


@pytest.fixture
def _mended(ops: World) -> Iterator[None]:
    """A test of ops_view leaves its replicas as it found them."""
    yield
    for running in ops.started:
        if "ops-view" in str(running.log_file):
            running.behave(**HEALTHY)
