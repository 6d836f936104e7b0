"""At which moment is each stage run, and what does the operator do to get there?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flipgate.rehearsal.errors import RehearsalError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flipgate.rehearsal.world import World


@dataclass(frozen=True)
class Moment:
    """The moment of a stage: what is done after the moment before it."""

    after: str
    acts: tuple[Callable[[World], object], ...] = ()


def _flip(name: str, *, value: bool) -> Callable[[World], object]:
    return lambda world: world.flip(name, value=value)


def _refresh(world: World) -> object:
    return world.refresh("§6.3 new_services_enabled flip")


def _backup(world: World) -> object:
    return world.backup("before the second flip")


def _advance(minutes: float) -> Callable[[World], object]:
    return lambda world: world.advance(minutes * 60)


START = "start"
# The windows of a stage (ten minutes after the flip) have elapsed at its moment.
_ORG_V23 = {
    "preflight": Moment(START),
    "baseline": Moment("preflight"),
    "after_flip_1": Moment("baseline", (_flip("read_from_org_units", value=True), _advance(12))),
    "shim": Moment("after_flip_1"),
    "portal": Moment("shim"),
    "before_flip_2": Moment("portal"),
    "after_flip_2": Moment("before_flip_2", (_flip("cascade_4layer", value=True), _advance(6))),
    "before_flip_3": Moment("after_flip_2"),
    "after_flip_3": Moment("before_flip_3", (_flip("new_services_enabled", value=True), _refresh, _advance(17))),
    "soak": Moment("after_flip_3", (_advance(24 * 60),)),
    "sign_off": Moment("soak"),
    # A branch: what was flipped in the cutover stands, in another environment.
    "rollback": Moment("after_flip_1", (_flip("read_from_org_units", value=False), _advance(12))),
}
_OPS_VIEW = {
    "preflight": Moment(START),
    "after_flip_1": Moment("preflight", (_flip("OPS_VIEW_DB_READ", value=True), _advance(8))),
    "before_flip_2": Moment("after_flip_1", (_advance(24 * 60), _backup)),
    "after_flip_2": Moment("before_flip_2", (_flip("OPS_VIEW_DB_WRITE", value=True), _advance(8))),
    "soak": Moment("after_flip_2", (_advance(48 * 60),)),
    "sign_off": Moment("soak"),
    "rollback": Moment("after_flip_1", (_flip("OPS_VIEW_DB_READ", value=False), _advance(8))),
}
MOMENTS = {"org_v23": _ORG_V23, "ops_view": _OPS_VIEW}


def play(world: World, stage: str) -> None:
    """Bring the world to the moment of a stage; what has been played is not played again.

    Errors: RehearsalError for an unknown stage, and for one that no longer lies ahead of this world.
    """
    moments = MOMENTS[world.runbook]
    if stage not in moments:
        raise RehearsalError(f'no moment is known for the stage "{stage}"; known: {", ".join(moments)}')
    if stage in _path(moments, world.moment):
        return
    ahead = _path(moments, stage)
    if world.moment not in (START, *ahead):
        raise RehearsalError(f'this world is at "{world.moment}"; "{stage}" needs a fresh environment')
    for step in ahead[ahead.index(world.moment) + 1 if world.moment in ahead else 0 :]:
        for act in moments[step].acts:
            act(world)
        world.moment = step


def _path(moments: Mapping[str, Moment], stage: str) -> list[str]:
    """Every moment up to this one, the first one first."""
    path: list[str] = []
    while stage != START:
        path.insert(0, stage)
        stage = moments[stage].after
    return path
