"""A replica that follows a flip only once its flag cache has run out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World

_CACHED_S = 30  # §13


def followed(world: World, flag: str, deployment: str, pod: int) -> None:
    """A flag is flipped back and anew, and one replica has served the old value for as long as it may."""
    value = world.flags()[flag] == "true"
    world.flip(flag, value=not value)
    world.advance(_CACHED_S)
    with world.fleet.misbehaving(deployment, pod=pod, stale_flags=True):
        world.flip(flag, value=value)
        world.advance(_CACHED_S - 1)
