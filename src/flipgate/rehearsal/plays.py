"""The cutovers as they are played: what is run and done, in which order, and what each stage has to come to."""

from __future__ import annotations

from dataclasses import dataclass

from flipgate.rehearsal.courses import ENABLED, FIRST_DAY, OWNERS_WORDS, READS_MOVE, WRITES_MOVE, Told, Word
from flipgate.rehearsal.protocol import Flip, Request


@dataclass(frozen=True)
class Stage:
    """A stage to run, and what it has to come to."""

    name: str
    expected: str
    when: str = ""


@dataclass(frozen=True)
class Pack:
    """The sealed pack of the cutover so far: made, posted into the tracker, and verified."""


Entry = Stage | Request | Told | Word | Pack

# By name, each act in an environment of its own: what was flipped in the cutover stands, so the way back has another.
Acts = dict[str, tuple[Entry, ...]]
_ORG_V23: Acts = {
    "the cutover": (
        Stage("preflight", "GO"),
        Stage("baseline", "GO"),
        Stage("after_flip_1", "HOLD", "before the flip"),
        Request(flip=Flip("read_from_org_units", value=True)),
        Stage("after_flip_1", "HOLD", "right after the flip"),
        Request(advance_s=720),
        Stage("after_flip_1", "GO", "12 minutes after the flip"),
        Stage("shim", "GO"),
        Stage("portal", "GO"),
        Stage("before_flip_2", "GO"),
        Request(flip=Flip("cascade_4layer", value=True)),
        Stage("after_flip_2", "HOLD", "right after the flip"),
        Request(advance_s=420),
        Stage("after_flip_2", "GO", "7 minutes after the flip"),
        Stage("before_flip_3", "GO"),
        Request(flip=Flip("new_services_enabled", value=True)),
        Request(refresh="§6.3 new_services_enabled flip"),
        Stage("after_flip_3", "HOLD", "right after the flip"),
        Request(advance_s=1020),
        Stage("after_flip_3", "GO", "17 minutes after the flip"),
        Request(advance_s=86400),
        Stage("soak", "GO", "a day after the flip"),
        Stage("sign_off", "HOLD", "three boxes are people's"),
        *OWNERS_WORDS["org_v23"],
        Stage("sign_off", "GO", "every box is ticked"),
        Pack(),
    ),
    "the way back": (
        Stage("preflight", "GO"),
        Stage("baseline", "GO"),
        Request(flip=Flip("read_from_org_units", value=True)),
        Stage("after_flip_1", "HOLD", "right after the flip"),
        Request(advance_s=720),
        Request(flip=Flip("read_from_org_units", value=False)),
        Stage("rollback", "HOLD", "right after the flip back"),
        Request(advance_s=720),
        Stage("rollback", "GO", "12 minutes after it"),
    ),
}
_READ, _WRITE = "OPS_VIEW_DB_READ", "OPS_VIEW_DB_WRITE"
_OPS_VIEW: Acts = {
    "the cutover": (
        Stage("preflight", "GO"),
        Told(READS_MOVE),
        Request(flip=Flip(_READ, value=True)),
        Stage("after_flip_1", "HOLD", "right after the flip"),
        Request(advance_s=480),
        Stage("after_flip_1", "GO", "8 minutes after the flip"),
        Stage("before_flip_2", "HOLD", "the soak has only begun"),
        Request(advance_s=86400),
        Told(FIRST_DAY),
        Stage("before_flip_2", "HOLD", "there is no backup yet"),
        Request(backup="before the second flip"),
        Stage("before_flip_2", "GO", "a day after the flip"),
        Told(WRITES_MOVE),
        Request(flip=Flip(_WRITE, value=True)),
        Stage("after_flip_2", "HOLD", "right after the flip"),
        Request(advance_s=480),
        Stage("after_flip_2", "GO", "8 minutes after the flip"),
        Request(advance_s=172800),
        Told(ENABLED),
        Stage("soak", "GO", "two days after the flip"),
        Stage("sign_off", "HOLD", "five boxes are people's"),
        *OWNERS_WORDS["ops_view"],
        Stage("sign_off", "GO", "every box is ticked"),
        Pack(),
    ),
    "the way back": (
        Stage("preflight", "GO"),
        Request(flip=Flip(_READ, value=True)),
        Stage("after_flip_1", "HOLD", "right after the flip"),
        Request(advance_s=480),
        Stage("after_flip_1", "GO", "8 minutes after the flip"),
        Request(flip=Flip(_READ, value=False)),
        Stage("rollback", "HOLD", "right after the flip back"),
        Request(advance_s=480),
        Stage("rollback", "GO", "8 minutes after it"),
    ),
}
PLAYS = {"org_v23": _ORG_V23, "ops_view": _OPS_VIEW}
