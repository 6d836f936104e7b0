"""The services behind the third flip: whether they serve, answer alike, and are mounted at the gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from flipgate.rehearsal import late
from flipgate.rehearsal.boxes import BOXES
from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault, look_alike
from flipgate.rehearsal.place import write_private
from flipgate.rehearsal.services.records import PodStatus
from flipgate.rehearsal.services.seed import TEST_ORG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World


_HEALTH = "Every address of the new services is healthy"
_ROUTES = "Every path of the new services leads to its handler"
_FLOWS = "The portal's flows answer end to end, the same over Connect and gRPC"
_CACHE = "Every replica of the gateway serves the new value"
_AWAY = "nobody"
_UNLISTED = "rbac-service-6d5b9c7f8-zzq8n"


@fault(
    "E7 F3",
    Trial("after_flip_3", _HEALTH, STOP, told="NOT_SERVING: rbac-service at 127.0.0.1:"),
    Trial("sign_off", BOXES[6], HOLD, told='stage "after_flip_3": STOP', after=("after_flip_3",)),
)
def not_serving_on_one_address(world: World) -> Iterator[None]:
    """One of the two addresses of rbac-service says that it does not serve."""
    with world.fleet.misbehaving("rbac-service", pod=1, not_serving=True):
        yield


@fault("F2", Trial("after_flip_3", _HEALTH, HOLD, told="upsquad.conflict.v1.ConflictService answers NOT_FOUND"))
def health_without_own_name(world: World) -> Iterator[None]:
    """conflict-service serves, but its health knows the empty name alone."""
    with world.fleet.misbehaving("conflict-service", unknown_name=True):
        yield


@fault("F1", Trial("after_flip_3", _FLOWS, STOP, told="ListConflicts over gRPC at", stays=True))
def serving_but_the_read_fails(world: World) -> Iterator[None]:
    """conflict-service says that it serves, and fails every read."""
    with world.fleet.misbehaving("conflict-service", read_fails=True):
        yield


@fault("", Trial("after_flip_3", _FLOWS, STOP, told="ListRoles differs"))
def one_address_answers_otherwise(world: World) -> Iterator[None]:
    """One of the two addresses of rbac-service lacks a role that the other one lists."""
    with world.fleet.misbehaving("rbac-service", pod=1, last_record_missing=True):
        yield


@fault("", Trial("after_flip_3", _ROUTES, HOLD, told="is the gate's 404, new_services_enabled is false there"))
def gate_stays_shut(world: World) -> Iterator[None]:
    """The gateway answers with its gate's own 404, whatever the flag says."""
    with world.fleet.misbehaving("gateway", instead="gate_404"):
        yield


@fault("E3", Trial("after_flip_3", _ROUTES, STOP, told="is a raw 404, the route is not mounted"))
def raw_404_on_new_services(world: World) -> Iterator[None]:
    """The gateway knows no route to the new services, as an image from before them would."""
    with world.fleet.misbehaving("gateway", instead="raw_404"):
        yield


@fault("E2", Trial("after_flip_3", _ROUTES, STOP, told="a page in place of the service"))
def proxy_page_on_new_services(world: World) -> Iterator[None]:
    """A proxy answers 200 with a page of its own in place of the new services."""
    with world.fleet.misbehaving("gateway", instead="proxy_page"):
        yield


_BAD_GATEWAY = "an error of the gateway: the gateway or the service behind it is unhealthy"


@fault("", Trial("after_flip_3", _ROUTES, STOP, told=_BAD_GATEWAY, stays=True))
def bad_gateway_on_new_services(world: World) -> Iterator[None]:
    """Calls of the new services end in 502 at the gateway."""
    with world.fleet.misbehaving("gateway", instead="bad_gateway"):
        yield


@fault("A7", Trial("after_flip_3", _CACHE, HOLD, told="the old value is still served"))
def stale_gateway_replica(world: World) -> Iterator[None]:
    """One replica of the gateway still serves the old value of new_services_enabled, in spite of the refresh."""
    with world.fleet.misbehaving("gateway", pod=1, instead="gate_404"):
        yield


@fault("E1", Trial("after_flip_3", _FLOWS, STOP, told="internal relation is missing"))
def errors_in_a_200(world: World) -> Iterator[None]:
    """The gateway answers 200, and the body is an error."""
    with world.fleet.misbehaving("gateway", instead="error_in_200"):
        yield


@fault("E9", Trial("after_flip_3", _FLOWS, STOP, told="http 405"))
def posts_are_refused(world: World) -> Iterator[None]:
    """The gateway serves the new services to GET alone; every call is a POST."""
    with world.fleet.misbehaving("gateway", instead="only_get"):
        yield


@fault("G7", Trial("after_flip_3", _FLOWS, HOLD, told="GetTree over Connect at the gateway: no answer"))
def one_key_twice(world: World) -> Iterator[None]:
    """Answers over Connect hold one key twice: which of the two counts is up to the parser."""
    with world.fleet.misbehaving("gateway", instead="key_twice"):
        yield


@fault("G10", Trial("after_flip_3", _FLOWS, HOLD, told="its records change while they are read"))
def records_do_not_stand_still(world: World) -> Iterator[None]:
    """A role comes and goes while the same list is read over both ways."""
    with world.fleet.misbehaving("rbac-service", restless=True):
        yield


@fault("D9 F1", Trial("after_flip_3", _FLOWS, STOP, told="ListRoles over gRPC", stays=True))
def healthy_without_its_table(world: World) -> Iterator[None]:
    """rbac-service says that it serves; the table that it reads has been moved away."""
    with world.postgres.connect() as connection:
        connection.execute("alter table roles rename to roles_moved")
    yield
    with world.postgres.connect() as connection:
        connection.execute("alter table roles_moved rename to roles")


@fault("E4", Trial("after_flip_3", _FLOWS, HOLD, told="renew the token"))
def token_of_the_gateway_expired(world: World) -> Iterator[None]:
    """The suite's own token for the gateway has expired."""
    world.place.write_secret("gateway-token", "expired")
    yield
    world.place.write_secret("gateway-token", world.tokens["gateway"])


@fault("E8", Trial("after_flip_3", _HEALTH, HOLD, told="2 addresses for 3 pods"))
def pod_that_nobody_asks(world: World) -> Iterator[None]:
    """A third pod of rbac-service runs, and its address is on no list."""
    folder = world.place.logs / "rbac-service"
    known = next(folder.glob("*.status.json"))
    status = msgspec.json.decode(known.read_bytes(), type=PodStatus)
    unknown = folder / f"{_UNLISTED}.log"
    unknown.touch()
    write_private(
        unknown.with_suffix(".status.json"),
        msgspec.json.encode(msgspec.structs.replace(status, pod=_UNLISTED)).decode(),
    )
    yield
    unknown.unlink()
    unknown.with_suffix(".status.json").unlink()


@look_alike("A7", Trial("after_flip_3", _CACHE, begins="flipped", also=(_ROUTES,), stays=True))
def gateway_replica_that_follows_in_time(world: World) -> Iterator[None]:
    """One replica of the gateway answered the gate's 404 for the 29 s that its flag cache lasts, and then no more."""
    late.followed(world, "new_services_enabled", "gateway", pod=1)
    yield


@look_alike("E3", Trial("after_flip_3", _ROUTES, also=(_CACHE,)))
def strangers_are_told_not_found(world: World) -> Iterator[None]:
    """Whoever calls without a token is told 404, by the handler and in its own words, not that a token is missing."""
    with world.fleet.misbehaving("gateway", stranger_code="not_found"):
        yield


@look_alike("G1 G4", Trial("after_flip_3", _FLOWS))
def no_conflicts_and_another_order(world: World) -> Iterator[None]:
    """The test org has no policy conflict at all, and one address lists its roles in another order."""
    with world.postgres.connect() as connection:
        connection.execute("update policy_conflicts set tenant_id = %s where tenant_id = %s", (_AWAY, TEST_ORG))
    with world.fleet.misbehaving("rbac-service", pod=1, shuffled=True):
        yield
    with world.postgres.connect() as connection:
        connection.execute("update policy_conflicts set tenant_id = %s where tenant_id = %s", (TEST_ORG, _AWAY))
