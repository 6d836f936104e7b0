"""When did a flag take its present value, and who says so?

In this order: the database row, where that row is the value in force and no other was seen since it was written; the
start of the processes that hold the value; the operator's own word (`--flipped-at`), where it does not contradict the
ledger; the ledger's first sight of it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from flipgate.core.errors import Refused
from flipgate.core.facts.flags import GLOBAL, Posture
from flipgate.core.facts.history import Flip
from flipgate.core.observation import Observation
from flipgate.evidence.history import WITNESSES_AGREE, History, platform_value, youngest_start


def flip_of(flag: str, posture: Observation[Posture], history: History, stated: str = "") -> Flip:
    """When did this flag take the value that it has in this posture? `at` None where nobody knows.

    Errors: Refused, where the operator's word contradicts the ledger.
    """
    value = platform_value(posture.value, flag)
    seen = _ledger_flip(flag, value, posture, history)
    row = [v for v in posture.value.values if (v.flag, v.surface, v.scope) == (flag, "database", GLOBAL)]
    written = row[0].updated_at if row else None
    if value and written is not None and (seen.not_before is None or written >= seen.not_before):
        return Flip(flag, value, written, "database", seen.not_before)
    if not stated:
        return seen
    told = _stated(seen, datetime.fromisoformat(stated))
    if seen.source == "process":
        return seen
    start = youngest_start(posture.value, flag)
    return replace(told, at=max(told.at, start + WITNESSES_AGREE)) if told.at and start else told


def _ledger_flip(flag: str, value: str, posture: Observation[Posture], history: History) -> Flip:
    known = history.flips(flag, until=posture)
    if value and known and known[-1].value == value:
        return known[-1]
    return Flip(flag, value, None, "")


def _stated(seen: Flip, at: datetime) -> Flip:
    if seen.at is None:
        return Flip(seen.flag, seen.value, at, "operator")
    if at > seen.at or (seen.not_before is not None and at < seen.not_before):
        raise Refused(
            f"--flipped-at {seen.flag}={at.isoformat()} contradicts the ledger: the other value was last seen at "
            f"{seen.not_before}, the present one first at {seen.at}"
        )
    return Flip(seen.flag, seen.value, at, "operator", seen.not_before)
