"""Did the environment stand still while a stage was judged, by what was read before and after it?

A flag that changed, or a process that was replaced, in the middle of a stage belongs to no gate: some were judged
before it, some after. So the stage is HOLD, and the change is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from flipgate.core.errors import visible
from flipgate.core.facts.flags import FlagValue, Posture
from flipgate.core.facts.processes import Processes
from flipgate.evidence.records import Record, Seen

WHOLE_STAGE = ""  # the gate of a record that belongs to none
_MOST = 10
_MOST_JUMP_S = 2.0
Fact = TypeVar("Fact")


def changes(records: Sequence[Record]) -> tuple[str, ...]:
    """What changed between the first and the last reading of this run, or keeps that from being told?

    Shape:   sentences; none where nothing changed, or where the environment has nothing that could be read.
    """
    processes = _read(records, Processes)
    if not processes:
        return ()
    if unread := {name: why for one in processes for name, why in one.unread.items()}:
        return tuple(f"whether {name} stood still is not known: {why}" for name, why in unread.items())
    postures = _read(records, Posture)
    if len(processes) < 2 or len(postures) == 1:
        return ("the flags and processes were not read again at the end of the stage",)
    found = list(_differences(_identities(processes[0]), _identities(processes[-1])))
    if postures:
        found = [*_differences(_held(postures[0]), _held(postures[-1])), *found]
    more = (f"and {len(found) - _MOST} more",) if len(found) > _MOST else ()
    return tuple(f"changed while the stage ran: {one}" for one in found[:_MOST]) + more


def clock_jump(records: Sequence[Record]) -> tuple[str, ...]:
    """Was this machine's clock set while the stage ran, or did the machine sleep? Windows are counted by it."""
    aside = [record.machine_at.timestamp() - record.monotonic_s for record in records]
    jump_s = max(aside, default=0.0) - min(aside, default=0.0)
    if jump_s <= _MOST_JUMP_S:
        return ()
    return (
        f"this machine's clock jumped by {jump_s:.1f} s while the stage ran, at most {_MOST_JUMP_S:g} s are allowed",
    )


def _read(records: Sequence[Record], fact: type[Fact]) -> list[Fact]:
    name = f"{fact.__module__.rpartition('.')[2]}.{fact.__name__}"
    bodies = [record.body for record in records]
    own = [body for body in bodies if isinstance(body, Seen) and (body.gate, body.fact) == (WHOLE_STAGE, name)]
    return [body.read.value for body in own]


def _identities(processes: Processes) -> dict[str, str]:
    return {process.name: process.identity for process in processes.running}


def _held(posture: Posture) -> dict[str, str]:
    return {f'"{one.flag}" in {one.surface} ({one.scope})': _value(one) for one in posture.values}


def _value(value: FlagValue) -> str:
    return value.text + (f" since {value.updated_at.isoformat()}" if value.updated_at else "")


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name, "absent"), after.get(name, "absent")
        if was != now:
            yield visible(f"{name}: {was} before, {now} after", 500)
