"""The flag store as a replica of another server, which it may have lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, Trial, fault, look_alike
from flipgate.rehearsal.components.flagstore import FlagStore
from flipgate.rehearsal.ports import free_port
from flipgate.rehearsal.services.flags import redis_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_POSTURE = "Before the first flip only dual writing is on"
_OLD = "a replica that may be old: link to its primary down"


@fault("A5", Trial("preflight", _POSTURE, HOLD, told=_OLD))
def never_synced_replica(world: World) -> Iterator[None]:
    """The address of the flag store leads to a replica that never reached its primary: every key is absent."""
    held = _held(world)
    world.redis.forget(*held)
    world.redis.follow_nobody_there(free_port())
    yield
    world.redis.lead()
    world.redis.write(held)


@fault("A6", Trial("preflight", _POSTURE, HOLD, told=_OLD))
def replica_with_a_cut_link(world: World) -> Iterator[None]:
    """The address of the flag store leads to a replica whose link was cut: it tells what it heard last."""
    held = _held(world)
    primary = _primary(world, held)
    world.redis.follow(primary)
    primary.stop()
    world.redis.lose_link()
    yield
    world.redis.lead()


@look_alike("A5 A6", Trial("preflight", _POSTURE))
def synced_replica(world: World) -> Iterator[None]:
    """The address of the flag store leads to a replica that follows its primary."""
    primary = _primary(world, _held(world))
    world.redis.follow(primary)
    yield
    world.redis.lead()
    primary.stop()


def _held(world: World) -> dict[str, str]:
    return {redis_key(flag): str(text) for flag, text in world.flags().items()}


def _primary(world: World, held: dict[str, str]) -> FlagStore:
    """Another server, with the same keys."""
    port = free_port()
    primary = FlagStore(world.place.folder / "redis-primary", port, world.processes, "redis-primary")
    primary.start()
    primary.wait()
    primary.write(held)
    return primary
