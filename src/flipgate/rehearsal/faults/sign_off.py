"""What the boxes of the sign-off list rest on: runs in their place between the flips, and the words of their owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal import overrides
from flipgate.rehearsal.boxes import BOXES
from flipgate.rehearsal.catalogue import HOLD, ORG_V23, Trial, fault, look_alike
from flipgate.rehearsal.courses import OWNERS_WORDS, Word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_AN_HOUR_S, _A_DAY_S = 3600, 24 * 3600
_WORDS = OWNERS_WORDS[ORG_V23]
_FOR_AN_HOUR = tuple(Word(word.box, word.note, _AN_HOUR_S) for word in _WORDS)
_FOR_A_DAY = tuple(Word(word.box, word.note, _A_DAY_S) for word in _WORDS)


def _sign_off(told: str, *boxes: int) -> Trial:
    first, *others = (BOXES[number] for number in boxes)
    return Trial("sign_off", first, HOLD, told=told, also=tuple(others))


@fault("J5", _sign_off("the order is broken", 1, 2, 3, 4, 8, 9, 10))
def first_flip_made_again(world: World) -> Iterator[None]:
    """After all was signed read_from_org_units was flipped off and on again: what was seen is of the flip before."""
    with overrides.held(world, "read_from_org_units", value=True, by="on call"):
        yield


@fault("J5", _sign_off("the order is broken", 5, 8, 9, 10))
def second_flip_made_again(world: World) -> Iterator[None]:
    """After all was signed cascade_4layer was flipped off and on again, later than the flip that builds on it."""
    with overrides.held(world, "cascade_4layer", value=True, by="on call"):
        yield


@fault("J5", _sign_off("it never ran to an end here", 6, 7), _sign_off("before the flip at", 8, 9, 10))
def third_flip_made_again(world: World) -> Iterator[None]:
    """After all was signed new_services_enabled was flipped off and on again; no stage has been run since."""
    with overrides.held(world, "new_services_enabled", value=True, by="on call"):
        yield


@fault(
    "",
    Trial(
        "sign_off",
        BOXES[8],
        HOLD,
        told="expired at",
        after=_FOR_AN_HOUR,
        lived_s=2 * _AN_HOUR_S,
        also=(BOXES[9], BOXES[10]),
        stays=True,
    ),
)
def words_that_expired(world: World) -> Iterator[None]:  # noqa: ARG001  the owners' doing, not the world's
    """The owners of three boxes gave their words anew, for an hour, two hours ago."""
    yield


@fault("", Trial("sign_off", BOXES[7], HOLD, told="too old", stays=True))
def soak_of_yesterday(world: World) -> None:
    """More than a day has passed since the stage of the soak was run; nobody has looked since."""
    world.advance(_A_DAY_S + _AN_HOUR_S)


@look_alike(
    "", Trial("sign_off", BOXES[8], after=_FOR_A_DAY, lived_s=_AN_HOUR_S, also=(BOXES[9], BOXES[10]), stays=True)
)
def words_until_tomorrow(world: World) -> Iterator[None]:  # noqa: ARG001  the owners' doing, not the world's
    """The owners of three boxes gave their words anew, for a day: those end tomorrow, and hold today."""
    yield


@look_alike(
    "",
    Trial(
        "sign_off",
        BOXES[8],
        after=(*_FOR_AN_HOUR, *_WORDS),
        lived_s=2 * _AN_HOUR_S,
        also=(BOXES[9], BOXES[10]),
        stays=True,
    ),
)
def words_given_twice(world: World) -> Iterator[None]:  # noqa: ARG001  the owners' doing, not the world's
    """The owners of three boxes gave a word for an hour, which is over, and another one, without an end, after it."""
    yield


@look_alike(
    "",
    Trial(
        "sign_off",
        BOXES[1],
        after=("preflight", "after_flip_1", "shim", "portal", "after_flip_2"),
        also=tuple(BOXES[number] for number in (2, 3, 4, 5)),
    ),
)
def stages_run_out_of_their_place(world: World) -> Iterator[None]:  # noqa: ARG001  the operator's doing
    """Stages of before were run once more after the soak: red, most of them, as they are asked out of their place."""
    yield


@look_alike("", Trial("sign_off", BOXES[6], after=("after_flip_3", "soak"), also=(BOXES[7],)))
def stages_run_again(world: World) -> Iterator[None]:  # noqa: ARG001  the operator's doing
    """The checks after the third flip and those of the soak were run once more, and are GO again."""
    yield
