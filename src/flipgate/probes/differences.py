"""What differs between two sets of records, said as shortly as a person can read it?"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from flipgate.core.errors import visible
from flipgate.probes.records import Record, Value

_SHOWN = 60


@dataclass(frozen=True)
class Change:
    """One record that is not as it was. change, detail: as in `core.facts.parity.Difference`; records: how many.

    fields  of a changed record: those that differ.
    """

    record: str
    change: str
    detail: str
    records: int = 1
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Edits:
    """When were records last written, by id? World times."""

    own: dict[str, datetime]
    memberships: dict[str, datetime]


def changes(before: Iterable[Record], now: Iterable[Record]) -> Iterator[Change]:
    """Which records are missing, added, changed or doubled? By id; an emptied listing is one change."""
    then, today = _by_id(before), _by_id(now)
    if then and not today:
        count = sum(map(len, then.values()))
        yield Change("", "empty", f"{count} records before, none now", count)
        return
    for identity in sorted(then.keys() | today.keys()):
        old, new = then.get(identity, []), today.get(identity, [])
        if not _same(old, new):
            yield _change(identity, old, new)


def _change(identity: str, old: list[Record], new: list[Record]) -> Change:
    if not new:
        return Change(identity, "missing", _sketch(old[0]))
    if not old:
        return Change(identity, "added", _sketch(new[0]))
    if len(old) != len(new):
        return Change(identity, "duplicated", f"{len(old)} times before, {len(new)} times now")
    first, second = next(
        (old_one, new_one) for old_one, new_one in zip(old, new, strict=True) if not _same(old_one, new_one)
    )
    names = [name for name in first | second if not _same(first.get(name), second.get(name))]
    detail = "; ".join(f"{name}: {_pair(first.get(name), second.get(name))}" for name in names)
    return Change(identity, "changed", detail, fields=tuple(names))


def _same(before: object, now: object) -> bool:
    """To Python 1 equals true equals 1.0; to whoever reads an answer it does not."""
    return msgspec.json.encode(before) == msgspec.json.encode(now)


def _by_id(records: Iterable[Record]) -> dict[str, list[Record]]:
    found = defaultdict(list)
    for record in records:
        found[str(record.get("id", ""))].append(record)
    return found


def _sketch(record: Record) -> str:
    return "; ".join(
        f"{name}: {_shown(value)}" for name, value in record.items() if name != "id" and value not in ("", [])
    )


def _pair(before: Value | None, now: Value | None) -> str:
    if isinstance(before, list) and isinstance(now, list):
        gone, come = sorted(set(before) - set(now)), sorted(set(now) - set(before))
        if not gone and not come:
            return f"{len(before)} entries before, {len(now)} now, some of them twice"
        return ", ".join([f"-{_shown(one)}" for one in gone[:3]] + [f"+{_shown(one)}" for one in come[:3]])
    alike = isinstance(before, str) and isinstance(now, str) and _seen_as(before) == _seen_as(now)
    return f"{_shown(before, escaped=alike)} → {_shown(now, escaped=alike)}"


def _seen_as(text: str) -> str:
    """What an eye makes of a text: normal forms and compatible letters look the same."""
    return unicodedata.normalize("NFKC", text).casefold()


def _shown(value: Value | None, *, escaped: bool = False) -> str:
    if value is None:
        return "absent"
    if isinstance(value, str):
        return ascii(value)[: _SHOWN * 2] if escaped else f"'{visible(value, _SHOWN)}'"
    return visible(", ".join(value), _SHOWN) if isinstance(value, list) else str(value)
