"""What the tracker holds: the backend track before the first flip, concerns in the soak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.boxes import BOXES
from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault, look_alike

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World


_TRACK = "Issues 686 to 690 are merged, and what is deployed holds them"
_CONCERNS = "Nobody has filed a concern against the six services"


@fault("", Trial("preflight", _TRACK, STOP, told="not planned"))
def issue_not_planned(world: World) -> Iterator[None]:
    """One issue of the backend track was closed as not planned."""
    with world.fleet.misbehaving("standins", not_planned=688):
        yield


@fault(
    "",
    Trial("soak", _CONCERNS, STOP, told="#707"),
    Trial(
        "sign_off",
        BOXES[7],
        HOLD,
        told='stage "soak": STOP',
        after=("soak",),
    ),
)
def bug_on_page_2(world: World) -> Iterator[None]:
    """A bug against the ConflictService is open, on the second page of the tracker's list, named in its body only."""
    with world.fleet.misbehaving("standins", filed="bug"):
        yield


@look_alike("", Trial("soak", _CONCERNS))
def complaints_that_do_not_count(world: World) -> Iterator[None]:
    """A bug against another service, a closed one, a question, and a pull request that is labelled as a bug."""
    with world.fleet.misbehaving("standins", filed="others"):
        yield
