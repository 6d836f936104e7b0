"""Which runbook is begun: its name, its flags in their order, its stages?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flipgate.core.errors import Refused, visible
from flipgate.plugin.stages import STAGES

_NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")
_FLAG = re.compile(r"[a-z][a-z0-9_-]{0,60}")
_OWNER = re.compile(r"[a-z][a-z0-9-]{0,40}")
_LONGEST_TITLE = 120
# A runbook's name is a marker of pytest: these mean something there already.
_TAKEN = frozenset((
    *("and", "or", "not", "true", "false", "none", "browser", "writes", "row"),
    *("skip", "skipif", "xfail", "parametrize", "usefixtures", "filterwarnings", "timeout", "tryfirst", "trylast"),
))  # fmt: skip
_FLIPS = 3


@dataclass(frozen=True)
class Plan:
    """What is begun. `flags` in the order in which they are flipped; `stages` in the order in which they are run."""

    name: str
    title: str
    flags: tuple[str, ...]
    owner: str
    stages: tuple[str, ...]

    def before(self, stage: str) -> tuple[str, ...]:
        """Which stages are run before this one? A rollback may follow the first flip, and is before nothing."""
        last = "before_flip_2" if stage == "rollback" else stage
        return tuple(one for one in self.stages if _place(one) < _place(last) and one != "rollback")


def planned(name: str, title: str, flags: Sequence[str], owner: str, stages: Sequence[str]) -> Plan:
    """Which runbook is meant? Without flags it has one, named after it; without stages, all that its flags make.

    Errors: Refused for each word that cannot be what it is given as.
    """
    _refuse_name(name)
    flags = tuple(flags) or (f"{name}_enabled",)
    for flag in flags:
        _refuse_other_than(_FLAG, flag, "a flag is lower-case letters, digits, - and _")
    if len(set(flags)) < len(flags) or len(flags) > _FLIPS:
        raise Refused(f"{len(flags)} flags, {', '.join(flags)}: one to {_FLIPS} different ones have stages")
    _refuse_other_than(_OWNER, owner, "an owner is lower-case letters, digits and -")
    title = title or f"Cutover {name}"
    if len(title) > _LONGEST_TITLE or not title.isprintable() or not title.strip():
        raise Refused(f"the title {visible(title)!r}: one line of at most {_LONGEST_TITLE} characters is wanted")
    return Plan(name, title, flags, owner, _stages(stages, possible(len(flags))))


def possible(flips: int) -> tuple[str, ...]:
    """Of which stages does a runbook with so many flips have a skeleton?"""
    gates = [f"{when}_flip_{number}" for number in range(1, flips + 1) for when in ("before", "after")]
    found = ("preflight", *gates, "soak", "rollback", "sign_off")
    return tuple(sorted((stage for stage in found if stage in STAGES), key=_place))


def _stages(asked: Sequence[str], known: tuple[str, ...]) -> tuple[str, ...]:
    if other := [stage for stage in asked if stage not in known]:
        raise Refused(f"no skeleton of a stage {visible(other[0])!r} for these flags; there are: {', '.join(known)}")
    return tuple(stage for stage in known if not asked or stage in asked)


def _refuse_name(name: str) -> None:
    _refuse_other_than(_NAME, name, "a runbook's name is 2 to 41 lower-case letters, digits and _, a letter first")
    if name in STAGES or name in _TAKEN:
        raise Refused(f"the name {name!r} means something to `pytest -m` already; choose another")


def _refuse_other_than(pattern: re.Pattern[str], text: str, wanted: str) -> None:
    if not pattern.fullmatch(text):
        raise Refused(f"{visible(text, 60)!r}: {wanted}")


def _place(stage: str) -> int:
    return list(STAGES).index(stage)
