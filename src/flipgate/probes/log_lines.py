"""What does a container's log say, line by line, and which lines say nothing that can be read?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec

from flipgate.core.clock import Clock
from flipgate.core.errors import visible

_SHOWN = 3
_KNOWN = {"ts", "level", "msg", "key"}

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


@dataclass(frozen=True)
class LogLine:
    """One record. `ts` is world time; `fields` are its other members, as text (JSON text for what is no string)."""

    ts: datetime
    level: str
    msg: str
    key: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class PodLog:
    """The records of one container, and the lines that are none: how many, and the first of them, harmlessly shown."""

    pod: str
    lines: tuple[LogLine, ...]
    malformed: int = 0
    shown: tuple[str, ...] = ()


class _Record(msgspec.Struct):
    ts: Moment
    level: str = ""
    msg: str = ""
    key: str = ""


def parsed(pod: str, text: str, since: datetime, clock: Clock) -> PodLog:
    """Which records since then does this log hold? Each line begins with the time at which it was kept.

    A line that is no record is counted and shown, whatever its time: it may have been the one that matters.
    """
    lines: list[LogLine] = []
    odd: list[str] = []
    for line in text.split("\n"):
        if not line.strip():
            continue
        found = _line(line, clock)
        if found is None:
            odd.append(line)
        elif found.ts >= since:
            lines.append(found)
    return PodLog(pod, tuple(lines), len(odd), tuple(visible(line) for line in odd[:_SHOWN]))


def _line(line: str, clock: Clock) -> LogLine | None:
    _, _, body = line.partition(" ")
    try:
        record = msgspec.json.decode(body, type=_Record)
        members = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        fields = dict(_texts(members))
    except (ValueError, RecursionError):
        return None
    return LogLine(clock.to_world(record.ts), record.level, record.msg, record.key, fields)


def _texts(members: Mapping[str, msgspec.Raw]) -> Iterator[tuple[str, str]]:
    for name, raw in members.items():
        if name not in _KNOWN:
            text = bytes(raw)
            yield name, msgspec.json.decode(text, type=str) if text.startswith(b'"') else text.decode()
