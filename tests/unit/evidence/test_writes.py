"""What the suite wrote is told once for each record, and what is left of it by the records alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from flipgate.core.verdict import Verdict
from flipgate.core.written import Written, left_over
from flipgate.evidence.ledger import GENESIS
from flipgate.evidence.records import Record, line_of, record_of
from flipgate.evidence.verdicts import run_verdict
from flipgate.evidence.writes import left_behind, told, written

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
SENT = Written("g", "create patch", "POST /patches", "rec")
MADE = replace(SENT, id="p1", status=201)
MOVED = Written("g", "move patch", "PATCH /patches/p1", "rec", "p1", 200)
GONE = Written("", "withdraw patch", "DELETE /patches/p1", "rec", "p1", 204)


def records(*bodies: Written) -> list[Record]:
    return [Record("r", number, NOON, NOON, float(number), body, GENESIS) for number, body in enumerate(bodies)]


def test_a_write_is_a_line_of_the_ledger_like_any_other() -> None:
    (record,) = records(MADE)
    assert record.kind == "write"
    assert record_of(line_of(record)) == record


def test_a_write_counts_once_with_its_answer() -> None:
    pending = replace(GONE, status=0)
    assert written(records(SENT, MADE, MOVED, pending, GONE)) == (MADE, MOVED, GONE)


def test_a_write_without_an_answer_is_told_as_such() -> None:
    assert written(records(SENT, SENT, MADE)) == (SENT, MADE)
    assert told([SENT]) == ("patch of unknown id for rec: create without an answer",)


def test_each_record_is_told_with_what_was_done_to_it() -> None:
    assert told([MADE, MOVED, GONE]) == ("patch p1 for rec: create 201, move 200, withdraw 204",)
    assert told([MADE]) == ("patch p1 for rec: create 201; LEFT BEHIND",)


@pytest.mark.parametrize(
    ("status", "left"), [(204, ()), (404, ()), (200, ("p1",)), (403, ("p1",)), (500, ("p1",)), (0, ("p1",))]
)
def test_only_what_is_known_to_be_gone_is_gone(status: int, left: tuple[str, ...]) -> None:
    assert tuple(one.id for one in left_over([MADE, replace(GONE, status=status)])) == left


def test_records_of_another_kind_keep_their_own_ids() -> None:
    rfi = replace(MADE, procedure="create rfi")
    assert left_over([MADE, rfi, GONE]) == (rfi,)


def test_a_run_that_left_something_behind_is_no_go() -> None:
    judged = run_verdict((), records(SENT, MADE))
    assert (judged.verdict, judged.reasons) == (
        Verdict.HOLD,
        ("left behind by the suite: p1 (patch); withdraw it by hand",),
    )
    assert left_behind(records(MADE, GONE), ()) == ()


def test_what_is_named_already_is_not_named_twice() -> None:
    assert left_behind(records(MADE), ("left behind by the suite: p1, answered 500",)) == ()
