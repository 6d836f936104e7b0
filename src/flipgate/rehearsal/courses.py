"""How does an environment come to each stage, and how is the stage's flip made anew?"""

from __future__ import annotations

from dataclasses import dataclass

from flipgate.rehearsal.protocol import Flip, Request


@dataclass(frozen=True)
class Word:
    """A box of the sign-off list that its owner attests, here by the rehearsal's own operator.

    for_s   for how long the word holds; 0 is without an end.
    of      what was told, where the word is about that: it says when.
    zone_h  by a clock that is so far ahead of UTC.
    """

    box: int
    note: str
    for_s: float = 0
    of: str = ""
    zone_h: float = 0


@dataclass(frozen=True)
class Told:
    """People are told of something; the operator remembers when that was."""

    what: str


# A stage that is run, something that the operator does or tells people of, or a word that an owner gives.
Act = str | Request | Told | Word


@dataclass(frozen=True)
class Course:
    """The way to a stage, from the stage before it in the same environment.

    before    what is done once: stages that have to be GO, and acts of the operator.
    back      flips the stage's own flag back, so that the next trial has a flip of its own.
    again     stages that have to be GO between the flip back and the flip.
    renewed   stages that have to be GO before it too, once they are older than `RENEW_S`.
    flip      the stage's own flip and what has to be done after it, or the words that it asks for; () without any.
    seen_by   a stage that sees flips for less than its own; "" is its own.
    settle_s  how long after the flip all windows of the stage have elapsed.
    rests_s   how far back the windows of a stage without a flip reach: what disturbed them is past after that.
    """

    before: tuple[Act, ...] = ()
    back: tuple[Request, ...] = ()
    again: tuple[str, ...] = ()
    renewed: tuple[str, ...] = ()
    flip: tuple[Act, ...] = ()
    seen_by: str = ""
    settle_s: float = 0
    rests_s: float = 3660


def _flip(name: str, *, value: bool) -> Request:
    return Request(flip=Flip(name, value))


_READS, _CASCADE, _NEW = "read_from_org_units", "cascade_4layer", "new_services_enabled"
_REFRESH = Request(refresh="§6.3 new_services_enabled flip")
_THIRD = (_flip(_NEW, value=True), _REFRESH)
READS_MOVE, FIRST_DAY, WRITES_MOVE, ENABLED = (
    "reads move to the database",
    "what the first day shows",
    "status changes will persist",
    "v2.54.1 is fully enabled",
)
OWNERS_WORDS = {
    "org_v23": (
        Word(8, "the report of the soak's last day is attached"),
        Word(9, "the evidence of the soak is reviewed, no concern is outstanding"),
        Word(10, "the tracker and its parent are closed"),
    ),
    "ops_view": (
        Word(6, "the ops team was told that reads move", of=READS_MOVE),
        Word(7, "the ops team has the summary of the first day", of=FIRST_DAY),
        Word(8, "ops team and stakeholders were told that writes move", of=WRITES_MOVE),
        Word(9, "the release was announced to all", of=ENABLED),
        Word(10, "there was no rollback"),
    ),
}
# One environment: its stages in the order in which it comes to them.
Line = dict[str, Course]
# A preflight is a day's: it is renewed in time.
RENEW_S = 16 * 3600.0
_A_DAY_S = 24 * 3600 + 60

# With the look that sees each flip: from then on the ledger knows its time.
_TO_THE_PORTAL: tuple[Act, ...] = (
    "preflight",
    "baseline",
    _flip(_READS, value=True),
    "after_flip_1",
    Request(advance_s=12 * 60),
    "after_flip_1",
    "shim",
    "portal",
)
_TO_THE_THIRD_FLIP: tuple[Act, ...] = (
    *_TO_THE_PORTAL,
    "before_flip_2",
    _flip(_CASCADE, value=True),
    "after_flip_2",
    Request(advance_s=6 * 60),
    "after_flip_2",
)
_TO_THE_SOAK: tuple[Act, ...] = (
    *_TO_THE_THIRD_FLIP,
    "before_flip_3",
    *_THIRD,
    "after_flip_3",
    Request(advance_s=17 * 60),
    "after_flip_3",
    Request(advance_s=_A_DAY_S),
    "soak",
)

_ORG_V23: tuple[Line, ...] = (
    # What takes longest comes first.
    {
        "before_flip_3": Course(_TO_THE_THIRD_FLIP),
        "after_flip_3": Course(
            (),
            (_flip(_NEW, value=False),),
            ("before_flip_3",),
            flip=_THIRD,
            seen_by="shim",
            settle_s=17 * 60,
        ),
        "soak": Course((), (_flip(_NEW, value=False),), flip=_THIRD, seen_by="shim", settle_s=_A_DAY_S),
    },
    {
        "before_flip_2": Course(_TO_THE_PORTAL),
        "after_flip_2": Course(
            (),
            (_flip(_CASCADE, value=False),),
            ("before_flip_2",),
            flip=(_flip(_CASCADE, value=True),),
            seen_by="shim",
            settle_s=6 * 60,
        ),
    },
    {
        "after_flip_1": Course(
            ("preflight", "baseline"),
            (_flip(_READS, value=False),),
            renewed=("preflight", "baseline"),
            flip=(_flip(_READS, value=True),),
            seen_by="shim",
            settle_s=12 * 60,
        ),
        "shim": Course(),
        "portal": Course(("shim",)),
        "rollback": Course(
            (),
            (_flip(_READS, value=True),),
            flip=(_flip(_READS, value=False),),
            seen_by="shim",
            settle_s=12 * 60,
        ),
    },
    {"preflight": Course(), "baseline": Course()},
    # Of its own: every stage has to be in its place between flips that were made once.
    {"sign_off": Course(_TO_THE_SOAK, again=("soak",), flip=OWNERS_WORDS["org_v23"])},
)
_READ, _WRITE = "OPS_VIEW_DB_READ", "OPS_VIEW_DB_WRITE"
_BACKUP = Request(backup="before the second flip")
_FIRST = (_flip(_READ, value=True), "after_flip_1", Request(advance_s=8 * 60), "after_flip_1", _BACKUP)
_TO_THE_LAST_SOAK: tuple[Act, ...] = (
    "preflight",
    Told(READS_MOVE),
    *_FIRST,
    Request(advance_s=_A_DAY_S),
    Told(FIRST_DAY),
    "before_flip_2",
    Told(WRITES_MOVE),
    _flip(_WRITE, value=True),
    "after_flip_2",
    Request(advance_s=8 * 60),
    "after_flip_2",
    Request(advance_s=2 * _A_DAY_S),
    Told(ENABLED),
    "soak",
)
_OPS_VIEW: tuple[Line, ...] = (
    {
        "preflight": Course(),
        "after_flip_1": Course(
            ("preflight",),
            (_flip(_READ, value=False),),
            renewed=("preflight",),
            flip=(_flip(_READ, value=True),),
            settle_s=8 * 60,
        ),
        "rollback": Course((), (_flip(_READ, value=True),), flip=(_flip(_READ, value=False),), settle_s=8 * 60),
    },
    {
        "before_flip_2": Course(
            ("preflight",), (_flip(_READ, value=False),), ("preflight",), flip=_FIRST, settle_s=_A_DAY_S
        ),
        "after_flip_2": Course(
            (),
            # A flip is a restart, and stage A has to stand for a day without one.
            (_flip(_WRITE, value=False), Request(advance_s=_A_DAY_S)),
            ("before_flip_2",),
            flip=(_flip(_WRITE, value=True),),
            settle_s=8 * 60,
        ),
        "soak": Course((), (_flip(_WRITE, value=False),), flip=(_flip(_WRITE, value=True),), settle_s=2 * _A_DAY_S),
    },
    {"sign_off": Course(_TO_THE_LAST_SOAK, again=("soak",), flip=OWNERS_WORDS["ops_view"])},
)
LINES = {"org_v23": _ORG_V23, "ops_view": _OPS_VIEW}
