"""What lies between the suite and the systems: connections that break, and boxes that answer in their place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, Trial, fault, look_alike
from flipgate.rehearsal.wire import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_HEARD = "Somebody would hear a dualwrite alert"
_TRACK = "Issues 686 to 690 are merged, and what is deployed holds them"
_BOUNDS = "The governance histogram has a bound at each limit"
_FLAGS = "Before the first flip only dual writing is on"
_AT_WORK = "The reconciler is at work"
_LEVER = "The legacy tables exist and receive every write"
_ROUTES = "Every path of the new services leads to its handler"
_CACHE = "Every replica of the gateway serves the new value"
_FLOWS = "The portal's flows answer end to end, the same over Connect and gRPC"
_REFRESH = "The refresh is for platform admins, and leaves one audit row"
_HEALTH = "Every address of the new services is healthy"

_CLOSE = "Connection: close\r\n"
_TO_THE_LOGIN = f"HTTP/1.1 302 Found\r\nLocation: https://login.example.com/\r\nContent-Length: 0\r\n{_CLOSE}\r\n"
_TOO_MANY = f"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 60\r\nContent-Length: 0\r\n{_CLOSE}\r\n"
_CUT_SHORT = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n{_CLOSE}\r\n{{}}"


@fault("E5", Trial("preflight", _HEARD, HOLD, told="302"))
def sign_in_before_alertmanager(world: World) -> Iterator[None]:
    """A proxy sends whoever asks Alertmanager to a login page first."""
    with world.network.broken("alertmanager", Broken(instead=_TO_THE_LOGIN)):
        yield


@fault("E12", Trial("preflight", _TRACK, HOLD, told="429"))
def tracker_is_asked_too_often(world: World) -> Iterator[None]:
    """The tracker answers 429: it was asked too often."""
    with world.network.broken("tracker", Broken(instead=_TOO_MANY)):
        yield


@fault("E13", Trial("preflight", _BOUNDS, HOLD, told="prometheus"))
def two_bytes_of_a_hundred(world: World) -> Iterator[None]:
    """Answers of Prometheus announce 100 bytes and end after two, which are valid JSON."""
    with world.network.broken("prometheus", Broken(instead=_CUT_SHORT)):
        yield


@fault("E13", Trial("preflight", _AT_WORK, HOLD, told="reconciler"))
def metrics_page_breaks_off(world: World) -> Iterator[None]:
    """The metrics page of the reconciler breaks off after 400 bytes."""
    with world.network.broken("dualwrite-reconciler", Broken(ends_after_bytes=400)):
        yield


@fault("", Trial("preflight", _AT_WORK, HOLD, told="no whole answer within"))
def metrics_page_drips(world: World) -> Iterator[None]:
    """The metrics page of the reconciler comes byte by byte: no read of it ever times out, and it never ends."""
    with world.network.broken("dualwrite-reconciler", Broken(byte_every_s=0.4)):
        yield


@fault("", Trial("preflight", _FLAGS, HOLD, told="redis"))
def flag_store_hangs_up(world: World) -> Iterator[None]:
    """The flag store takes connections, and resets each of them in its first answer."""
    with world.network.broken("redis", Broken(cut_after_bytes=20)):
        yield


@fault("", Trial("preflight", _LEVER, HOLD, told="postgresql"))
def database_hangs_up(world: World) -> Iterator[None]:
    """Connections to the database are cut in the middle of its first answer."""
    with world.network.broken("postgres", Broken(cut_after_bytes=300)):
        yield


@look_alike(
    "F5",
    Trial("after_flip_3", _ROUTES, also=(_CACHE, _FLOWS, _REFRESH)),
    Trial("rollback", "The paths of the new services are dark again and say why"),
)
def gateway_is_far_away(world: World) -> Iterator[None]:
    """The gateway is 50 ms away from the suite, and answers."""
    with world.network.broken("gateway", Broken(latency_s=0.05)):
        yield


@fault("F5", Trial("after_flip_3", _HEALTH, HOLD, told="DEADLINE_EXCEEDED"))
def deadline_exceeded_at_one_address(world: World) -> Iterator[None]:
    """One of the two addresses of rbac-service takes calls and answers none in time."""
    with world.network.broken("rbac-service", Broken(half_open=True), number=1):
        yield


@look_alike("F5", Trial("after_flip_3", _HEALTH))
def slow_network_to_one_address(world: World) -> Iterator[None]:
    """One of the two addresses of rbac-service is a hundred milliseconds away."""
    with world.network.broken("rbac-service", Broken(latency_s=0.1), number=1):
        yield


@look_alike("E12", Trial("preflight", _TRACK))
def slow_tracker(world: World) -> Iterator[None]:
    """The tracker is a hundred milliseconds away, and answers."""
    with world.network.broken("tracker", Broken(latency_s=0.1)):
        yield


@fault("E4", Trial("preflight", _TRACK, HOLD, told="401"))
def token_of_the_tracker_expired(world: World) -> Iterator[None]:
    """The suite's own token for the tracker has expired; nothing is wrong with what it would read."""
    world.place.write_secret("tracker-token", "expired")
    yield
    world.place.write_secret("tracker-token", world.tokens["tracker"])
