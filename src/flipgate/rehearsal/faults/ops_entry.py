"""What stage A begins with: migrations, patches, an admin, a histogram that tells its limits apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, OPS_VIEW, Trial, fault, look_alike
from flipgate.rehearsal.platforms.ops_view import SERVICE
from flipgate.rehearsal.services.ops_seed import OTHER_WORKSPACE, WORKSPACE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.platforms.ops_view import OpsView

_MIGRATIONS = "A1, the migrations of v2.54.1 are applied"
_PATCHES = "A3, the workspace holds patches"
_ADMIN = "A4, the workspace has an admin"
_BOUNDS = "The histogram of the queue has a bound at each limit"
_SCHEMA = "The schema stays, or went back within ten minutes"
_COARSE = """upstream_http_request_duration_seconds_bucket{le="0.25"} 3
upstream_http_request_duration_seconds_bucket{le="+Inf"} 4
upstream_http_request_duration_seconds_sum 7.5
upstream_http_request_duration_seconds_count 4
"""
_PARKED = "ws_parked"


@fault(
    "",
    Trial("preflight", _MIGRATIONS, HOLD, told="013"),
    Trial("rollback", _SCHEMA, HOLD, told="013"),
    runbook=OPS_VIEW,
)
def migration_013_missing(world: OpsView) -> Iterator[None]:
    """Migration 013 is not applied to this database, and nobody has looked for a while."""
    with world.postgres.connect() as connection:
        connection.execute("update schema_migrations set version = '0' where version = '013'")
    yield
    with world.postgres.connect() as connection:
        connection.execute("update schema_migrations set version = '013' where version = '0'")


@look_alike("", Trial("preflight", _MIGRATIONS), Trial("rollback", _SCHEMA), runbook=OPS_VIEW)
def later_migration_applied(world: OpsView) -> Iterator[None]:
    """A migration of the release after this one is applied already."""
    with world.postgres.connect() as connection:
        connection.execute("insert into schema_migrations values ('014', now())")
    yield
    with world.postgres.connect() as connection:
        connection.execute("delete from schema_migrations where version = '014'")


@fault("", Trial("preflight", _PATCHES, HOLD, told="patches"), runbook=OPS_VIEW)
def no_patches(world: OpsView) -> Iterator[None]:
    """The workspace holds no patch; others do."""
    _moved(world, WORKSPACE, _PARKED)
    yield
    _moved(world, _PARKED, WORKSPACE)


@look_alike("", Trial("preflight", _PATCHES), runbook=OPS_VIEW)
def no_patches_elsewhere(world: OpsView) -> Iterator[None]:
    """Another workspace holds no patch."""
    _moved(world, OTHER_WORKSPACE, _PARKED)
    yield
    _moved(world, _PARKED, OTHER_WORKSPACE)


@fault("", Trial("preflight", _ADMIN, HOLD, told="admin"), runbook=OPS_VIEW)
def no_admin(world: OpsView) -> Iterator[None]:
    """Nobody is admin of the workspace; another workspace has one."""
    _promoted(world, WORKSPACE, "admin", "former_admin")
    yield
    _promoted(world, WORKSPACE, "former_admin", "admin")


@look_alike("", Trial("preflight", _ADMIN), runbook=OPS_VIEW)
def no_admin_elsewhere(world: OpsView) -> Iterator[None]:
    """Nobody is admin of another workspace."""
    _promoted(world, OTHER_WORKSPACE, "admin", "former_admin")
    yield
    _promoted(world, OTHER_WORKSPACE, "former_admin", "admin")


@fault("", Trial("preflight", _BOUNDS, HOLD, told="500 ms"), runbook=OPS_VIEW)
def coarse_request_buckets(world: OpsView) -> Iterator[None]:
    """The histogram of requests has no bound between 250 ms and 5 s."""
    world.fleet.behave(SERVICE, coarse_buckets=True)
    world.advance(60)
    yield
    for pod in range(2):
        world.fleet.restart(SERVICE, pod)
    world.advance(600)


@look_alike("", Trial("preflight", _BOUNDS, lived_s=60), runbook=OPS_VIEW)
def coarse_buckets_of_another_histogram(world: OpsView) -> Iterator[None]:
    """Another histogram of the same pods, whose name ends like that of requests, has no bound but 250 ms."""
    with world.fleet.misbehaving(SERVICE, page_adds=_COARSE):
        yield


def _moved(world: OpsView, before: str, after: str) -> None:
    with world.postgres.connect() as connection:
        connection.execute("update patches set workspace_id = %s where workspace_id = %s", (after, before))


def _promoted(world: OpsView, workspace: str, before: str, after: str) -> None:
    with world.postgres.connect() as connection:
        connection.execute(
            "update user_workspace_roles set role = %s where workspace_id = %s and role = %s",
            (after, workspace, before),
        )
