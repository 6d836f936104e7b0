"""What a pod logs beside its work."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from flipgate.rehearsal.services.records import rfc3339

if TYPE_CHECKING:
    from flipgate.rehearsal.world import World


def write(world: World, deployment: str, level: str, key: str, msg: str) -> None:
    """The first pod of a deployment logs a line now."""
    log = world.place.logs / deployment / f"{world.fleet.pods_of(deployment)[0].name}.log"
    line = {"ts": rfc3339(time.time()), "level": level, "msg": msg, "key": key}
    with log.open("a") as file:
        file.write(msgspec.json.encode(line).decode() + "\n")
