"""What do the queue and the lists show to a role at each replica, beside the rows that they are made from?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flipgate.core.errors import visible
from flipgate.core.facts.lists import Counts, ListsAnswer, ListsReading, QueueAnswer, QueueReading
from flipgate.core.observation import Observation
from flipgate.probes.readings.joined import joined
from flipgate.probes.systems import Systems

if TYPE_CHECKING:
    from flipgate.probes.ops_rows import Item
    from flipgate.probes.ops_view import OpsView, Queue, Shown

READS = "OPS_VIEW_DB_READ"
_AWAITING = {"patch": "Submitted", "rfi": "awaiting_verifier"}
_MOST_NAMED = 20

Key = tuple[str, str]


def queue(systems: Systems, role: str) -> Observation[QueueReading]:
    """What does the queue answer to this role at every replica, and how many rows has the workspace meanwhile?

    Shape:   a replica that fails with a 5xx is told with its status.
    Errors:  NotConfigured, Unreachable, Malformed.
    """
    app, rows = systems.ops_view, systems.ops_rows
    served, before = app.flags(), rows.records(app.block.workspace)
    found = [(one, app.queue(one.address, role)) for one in served.value]
    after = rows.records(app.block.workspace)
    answers = tuple(_queue_answer(one.address, one.values.get(READS, ""), answer) for one, answer in found)
    value = QueueReading(role, answers, _counts(before.value), _counts(after.value))
    asked = Observation(None, "", served.source, tuple(answer.asked for _, answer in found), after.taken_at)
    return joined(value, "items", served, asked, before, after)


def lists(systems: Systems, roles: Sequence[str]) -> Observation[ListsReading]:
    """What do patches and requests for information show to each of these roles at every replica?

    Shape:   compared with the rows right before and right after; a row that changed in between is left out of what is
             missing or diverges.
    Errors:  NotConfigured, Unreachable, Malformed.
    """
    app, rows = systems.ops_view, systems.ops_rows
    before = rows.items(app.block.workspace)
    shown = [(address, role, _shown(app, address, role)) for role in roles for address in app.block.replicas]
    after = rows.items(app.block.workspace)
    around = _Around.of(before.value, after.value)
    answers = tuple(_answer(address, role, found, around, app.user(role)) for address, role, found in shown)
    asked = tuple(query for _, _, found in shown for query in found.asked)
    ours = Observation(None, "", "ops_view", asked, after.taken_at)
    return joined(ListsReading(answers, len(after.value)), "items", ours, before, after)


@dataclass(frozen=True)
class _Shown:
    status: int
    failed: str
    items: tuple[Shown, ...]
    sources: tuple[str, ...]
    asked: tuple[str, ...]


@dataclass(frozen=True)
class _Around:
    """The rows right before and right after; `still`: those that are the same in both."""

    known: frozenset[Key]
    still: Mapping[Key, Item]

    @classmethod
    def of(cls, before: Sequence[Item], after: Sequence[Item]) -> _Around:
        first, last = ({(row.kind, row.id): row for row in rows} for rows in (before, after))
        still = {key: row for key, row in first.items() if last.get(key) == row}
        return cls(frozenset(first.keys() | last.keys()), still)


def _shown(app: OpsView, address: str, role: str) -> _Shown:
    patches, rfis = app.listed(address, role, "patches"), app.listed(address, role, "rfis")
    failed = [name for name, one in (("patches", patches), ("rfis", rfis)) if one.status != 200]
    return _Shown(
        max(patches.status, rfis.status),
        ", ".join(failed),
        patches.items + rfis.items,
        tuple(dict.fromkeys(patches.sources + rfis.sources)),
        tuple(f"{query} as {role} at {address}" for query in patches.asked + rfis.asked),
    )


def _answer(address: str, role: str, shown: _Shown, around: _Around, user: str) -> ListsAnswer:
    keys = {(item.kind, item.id) for item in shown.items}
    wanted = {key for key, row in around.still.items() if _is_theirs(role, user, row)}
    return ListsAnswer(
        address=address,
        role=role,
        status=shown.status,
        failed=shown.failed,
        sources=shown.sources,
        items=len(shown.items),
        foreign=_named(item.id for item in shown.items if not _is_theirs(role, user, item, around)),
        missing=_named(record for _, record in sorted(wanted - keys)) if shown.status == 200 else (),
        unknown=_named(record for _, record in sorted(keys - around.known)),
        diverging=_named(_diverging(shown.items, around)),
    )


def _is_theirs(role: str, user: str, one: Item | Shown, around: _Around | None = None) -> bool:
    """Is this the role's to see, by what it says of itself, and by its row where that stood still?"""
    row = around.still.get((one.kind, one.id)) if around else None
    own = {"analyst": one.author == user, "verifier": one.state == _AWAITING[one.kind]}.get(role, True)
    return own and (row is None or _is_theirs(role, user, row))


def _diverging(items: Sequence[Shown], around: _Around) -> Iterator[str]:
    for item in items:
        row = around.still.get((item.kind, item.id))
        if row and (row.state, row.version) != (item.state, item.version):
            yield f"{item.id} shows {item.state} v{item.version}, its row {row.state} v{row.version}"


def _named(texts: Iterator[str]) -> tuple[str, ...]:
    """The first of them: a list that shows everything to everybody would fill the ledger."""
    found = [visible(text) for text in texts]
    more = len(found) - _MOST_NAMED
    return (*found[:_MOST_NAMED], *([f"and {more} more"] if more > 0 else []))


def _queue_answer(address: str, served: str, answer: Queue) -> QueueAnswer:
    counts = Counts(answer.counts.patches, answer.counts.rfis) if answer.counts else None
    total = answer.counts.total if answer.counts else 0
    return QueueAnswer(address, answer.status, answer.source, served, counts, answer.items, total)


def _counts(rows: Mapping[str, int]) -> Counts:
    return Counts(rows.get("patches", 0), rows.get("rfis", 0))
