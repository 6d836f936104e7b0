"""A line that somebody else's code has written into the log of one pod."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

import msgspec

from flipgate.rehearsal.services.records import Value, rfc3339

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.fleet import Pod
    from flipgate.rehearsal.world import World


@contextlib.contextmanager
def logged(world: World, pod: Pod, level: str, msg: str, *, age_s: float = 0.0, **fields: Value) -> Iterator[None]:
    """The pod's log holds such a line, written so long ago, as long as the block lasts."""
    log = world.place.logs / pod.deployment.name / f"{pod.name}.log"
    record = {"ts": rfc3339(time.time() - age_s), "level": level, "msg": msg, "key": "rehearsal", **fields}
    with log.open("ab") as file:
        file.write(msgspec.json.encode(record) + b"\n")
    yield
    kept = [line for line in log.read_bytes().splitlines(keepends=True) if msgspec.json.encode(msg) not in line]
    log.write_bytes(b"".join(kept))
