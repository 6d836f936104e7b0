"""What the boxes of ops_view's sign-off list rest on: runs in their place, and words that say when people were told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flipgate.rehearsal.boxes import OPS_BOXES
from flipgate.rehearsal.catalogue import HOLD, OPS_VIEW, Trial, fault, look_alike
from flipgate.rehearsal.courses import ENABLED, OWNERS_WORDS, READS_MOVE
from flipgate.rehearsal.platforms.ops_view import READ, WRITE
from flipgate.rehearsal.protocol import Flip, Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.platforms.ops_view import OpsView

_AN_HOUR_S = 3600
_AHEAD_H, _BEHIND_H = 5.5, -8
_WORDS = OWNERS_WORDS[OPS_VIEW]
_BEFORE_A_FLIP, _DATED = (6, 8), (6, 7, 8, 9)
_FOR_AN_HOUR = tuple(replace(word, for_s=_AN_HOUR_S) for word in _WORDS)
_UNDATED = tuple(replace(word, of="") for word in _WORDS)
_MISDATED = tuple(replace(word, of=ENABLED if word.box in _BEFORE_A_FLIP else READS_MOVE) for word in _WORDS if word.of)
# A clock ahead of UTC makes late of early, to whoever drops its zone, and one behind makes early of late.
_BY_OTHER_CLOCKS = tuple(
    replace(word, zone_h=_AHEAD_H if word.box in _BEFORE_A_FLIP else _BEHIND_H) for word in _WORDS if word.of
)


def _others(*numbers: int) -> tuple[str, ...]:
    return tuple(OPS_BOXES[number] for number in numbers)


@fault(
    "",
    Trial(
        "sign_off",
        OPS_BOXES[1],
        HOLD,
        told='stage "preflight": ',
        after=("rollback", Request(flip=Flip(READ, value=True)), Request(flip=Flip(WRITE, value=True))),
        also=_others(2, 3, 4, 5, 6, 7, 8, 9, 10),
        stays=True,
    ),
    runbook=OPS_VIEW,
)
def cutover_made_again(world: OpsView) -> None:
    """After all was signed both flags were rolled back and flipped anew: what was seen and said is of before."""
    world.flip(WRITE, value=False)
    world.flip(READ, value=False)


@fault(
    "",
    Trial(
        "sign_off",
        OPS_BOXES[6],
        HOLD,
        told="expired at",
        after=_FOR_AN_HOUR,
        lived_s=2 * _AN_HOUR_S,
        also=_others(7, 8, 9, 10),
        stays=True,
    ),
    runbook=OPS_VIEW,
)
def announcements_that_expired(world: OpsView) -> Iterator[None]:  # noqa: ARG001  the operator's doing
    """The words on all that people were told were given anew, for an hour, two hours ago."""
    yield


@fault(
    "",
    Trial("sign_off", OPS_BOXES[6], HOLD, told="--when", after=_UNDATED, also=_others(7, 8, 9), stays=True),
    runbook=OPS_VIEW,
)
def announcements_without_a_time(world: OpsView) -> Iterator[None]:  # noqa: ARG001  the operator's doing
    """The words were given anew, and none of them says when people were told."""
    yield


@fault(
    "",
    Trial("sign_off", OPS_BOXES[6], HOLD, told="flipped at", after=_MISDATED, also=_others(7, 8, 9), stays=True),
    runbook=OPS_VIEW,
)
def announcements_at_the_wrong_time(world: OpsView) -> Iterator[None]:  # noqa: ARG001  the operator's doing
    """The moves were announced after their flips, and the reports were given before there was anything to report."""
    yield


@look_alike(
    "",
    Trial("sign_off", OPS_BOXES[6], after=_BY_OTHER_CLOCKS, also=_others(7, 8, 9), stays=True),
    runbook=OPS_VIEW,
)
def announcements_by_other_clocks(world: OpsView) -> Iterator[None]:  # noqa: ARG001  the operator's doing
    """The words were given anew, with times of zones in which it is hours later or earlier than in UTC."""
    yield


@look_alike(
    "",
    Trial(
        "sign_off",
        OPS_BOXES[10],
        after=(*_FOR_AN_HOUR, *_MISDATED, *_WORDS),
        lived_s=2 * _AN_HOUR_S,
        also=_others(6, 7, 8, 9),
        stays=True,
    ),
    runbook=OPS_VIEW,
)
def announcements_put_right(world: OpsView) -> Iterator[None]:  # noqa: ARG001  the operator's doing
    """The words were given for an hour, which is over, then with wrong times, and then as they have to be."""
    yield


@look_alike(
    "",
    Trial("sign_off", OPS_BOXES[1], after=("preflight", "after_flip_1", "before_flip_2"), also=_others(2, 3)),
    runbook=OPS_VIEW,
)
def stages_of_stage_a_run_late(world: OpsView) -> Iterator[None]:  # noqa: ARG001  the operator's doing
    """The stages before the second flip were run once more after the soak: red, as they are out of their place."""
    yield


@look_alike("", Trial("sign_off", OPS_BOXES[4], after=("after_flip_2", "soak"), also=_others(5)), runbook=OPS_VIEW)
def stages_of_stage_b_run_again(world: OpsView) -> Iterator[None]:  # noqa: ARG001  the operator's doing
    """The checks after the second flip and those of the soak were run once more, and are GO again."""
    yield
