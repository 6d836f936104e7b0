"""What did the suite write itself in a run, and is all of it gone again?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flipgate.core.errors import visible
from flipgate.core.written import Written, left_over
from flipgate.evidence.records import Record


def written(records: Iterable[Record]) -> tuple[Written, ...]:
    """Which writes were sent, each once: with its answer, or (status 0) without any?"""
    found: list[Written] = []
    for record in records:
        one = record.body
        if not isinstance(one, Written):
            continue
        if found and found[-1].status == 0 and one.status and found[-1].target == one.target:
            found.pop()
        found.append(one)
    return tuple(found)


def told(writes: Sequence[Written]) -> tuple[str, ...]:
    """How is each record said that was made, with what was done to it, and whether it is gone?

    >>> made = Written("g", "create patch", "POST /patches", "rec", "p1", 201)
    >>> told([made, Written("", "withdraw patch", "DELETE /patches/p1", "rec", "p1", 204)])
    ('patch p1 for rec: create 201, withdraw 204',)
    """
    left = {(one.kind, one.id) for one in left_over(writes)}
    by_record: dict[tuple[str, str, str], list[Written]] = {}
    for one in writes:
        by_record.setdefault((one.kind, one.id, one.record), []).append(one)
    return tuple(
        f"{kind} {visible(record) or 'of unknown id'} for {visible(about)}: "
        + ", ".join(f"{one.procedure.partition(' ')[0]} {one.status or 'without an answer'}" for one in done)
        + ("; LEFT BEHIND" if (kind, record) in left else "")
        for (kind, record, about), done in by_record.items()
    )


def left_behind(records: Iterable[Record], known: Sequence[str]) -> tuple[str, ...]:
    """What was made in these records and not withdrawn, that none of these sentences names yet?"""
    left = left_over(body for record in records if isinstance(body := record.body, Written))
    return tuple(
        f"left behind by the suite: {one.id} ({one.kind}); withdraw it by hand"
        for one in left
        if not any(one.id in sentence for sentence in known)
    )
