"""What the suite wrote itself counts by its answer, its row and its own events, not by anybody else's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flipgate.core.facts.writes import (
    Attempt,
    Attempts,
    BatchAnswer,
    BatchReading,
    Event,
    Row,
    Transition,
    TransitionsReading,
)
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.gates import writes
from tests.unit.gates.given import GO, HOLD, STOP, ago, says, seen

DRAFT, SUBMITTED = Row("Draft", 1, "d1"), Row("Submitted", 2, "d2")
EVENT = Event("transition", "analyst", "Draft", "Submitted", 2)
CREATED = Attempt(
    "create",
    "analyst",
    "p1",
    "made",
    "Draft",
    0,
    201,
    "",
    "Draft",
    1,
    "db",
    None,
    DRAFT,
    (replace(EVENT, kind="created"),),
)
MADE = Attempt(
    "submit", "analyst", "p1", "made", "Submitted", 1, 200, "", "Submitted", 2, "db", DRAFT, SUBMITTED, (EVENT,)
)
STALE = Attempt(
    "again", "analyst", "p1", "stale", "Submitted", 1, 409, "STALE_VERSION", before=SUBMITTED, after=SUBMITTED
)
FORBIDDEN = replace(STALE, wants="forbidden", status=403, code="FORBIDDEN_TRANSITION")


def tried(*attempts: Attempt) -> Observation[Attempts]:
    return seen(Attempts("a patch", attempts))


@pytest.mark.parametrize(
    ("attempt", "changes", "verdict"),
    [
        (MADE, {}, GO),
        (MADE, {"status": 500}, STOP),
        (MADE, {"status": 409, "code": "STALE_VERSION"}, HOLD),
        (MADE, {"status": 404}, HOLD),
        (MADE, {"status": 202}, HOLD),
        (STALE, {}, GO),
        (STALE, {"code": "OTHER"}, HOLD),
        (STALE, {"status": 400}, HOLD),
        (STALE, {"status": 200}, STOP),
        (STALE, {"status": 299}, STOP),
        (STALE, {"status": 503}, STOP),
        (FORBIDDEN, {}, GO),
        (FORBIDDEN, {"code": "OTHER"}, HOLD),
        (FORBIDDEN, {"status": 409, "code": "STALE_VERSION"}, HOLD),
        (FORBIDDEN, {"status": 200}, STOP),
    ],
)
def test_a_write_is_answered_as_its_procedure_wants(
    attempt: Attempt, changes: dict[str, Any], verdict: Verdict
) -> None:
    says(writes.each_must_be_answered_as_wanted(tried(CREATED, replace(attempt, **changes))), verdict)


def test_only_refusals_are_no_proof() -> None:
    says(writes.each_must_be_answered_as_wanted(tried(STALE)), HOLD, "nothing was written")


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, GO),
        ({"version": 1}, STOP),
        ({"version": 3}, STOP),
        ({"after": DRAFT}, STOP),
        ({"after": None}, STOP),
        ({"status": 409}, HOLD),
    ],
)
def test_a_version_goes_up_by_one_in_answer_and_row(changes: dict[str, Any], verdict: Verdict) -> None:
    says(writes.each_version_must_be_bumped(tried(CREATED, replace(MADE, **changes))), verdict)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, GO),
        ({"after": None}, STOP),
        ({"after": DRAFT}, STOP),
        ({"after": replace(SUBMITTED, version=3)}, STOP),
        ({"state": "Approved", "after": replace(SUBMITTED, state="Approved")}, STOP),
    ],
)
def test_a_row_holds_what_was_answered_and_asked_for(changes: dict[str, Any], verdict: Verdict) -> None:
    says(writes.each_row_must_hold_the_answer(tried(CREATED, replace(MADE, **changes))), verdict)


def test_rows_of_nothing_hold_nothing() -> None:
    says(writes.each_row_must_hold_the_answer(tried(STALE)), HOLD)


@pytest.mark.parametrize("refused", [STALE, FORBIDDEN])
@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, GO),
        ({"after": replace(SUBMITTED, digest="d3")}, STOP),
        ({"after": None}, STOP),
        ({"before": None}, HOLD),
    ],
)
def test_what_was_refused_changes_no_byte_of_the_row(
    refused: Attempt, changes: dict[str, Any], verdict: Verdict
) -> None:
    says(writes.refused_must_leave_the_row(tried(CREATED, MADE, replace(refused, **changes))), verdict)


def test_without_a_refusal_nothing_was_refused() -> None:
    says(writes.refused_must_leave_the_row(tried(CREATED, MADE)), HOLD)
    says(writes.refused_must_leave_no_event(tried(CREATED, MADE)), HOLD)


@pytest.mark.parametrize(("source", "verdict"), [("db", GO), ("local", HOLD), ("", HOLD)])
def test_a_write_that_stayed_in_a_local_copy_holds(source: str, verdict: Verdict) -> None:
    says(writes.each_must_come_from(tried(CREATED, replace(MADE, source=source)), source="db"), verdict)


def test_a_write_that_was_not_made_went_nowhere() -> None:
    says(writes.each_must_come_from(tried(STALE), source="db"), HOLD)


@pytest.mark.parametrize(
    ("events", "verdict"),
    [
        ((EVENT,), GO),
        ((), STOP),
        ((EVENT, EVENT), STOP),
        ((replace(EVENT, actor="verifier"),), STOP),
        ((replace(EVENT, kind="created"),), STOP),
        ((replace(EVENT, from_state="open"),), STOP),
        ((replace(EVENT, to_state="Draft"),), STOP),
        ((replace(EVENT, version=1),), STOP),
    ],
)
def test_a_transition_leaves_one_event_of_its_own(events: tuple[Event, ...], verdict: Verdict) -> None:
    says(writes.each_transition_must_leave_one_event(tried(CREATED, replace(MADE, events=events))), verdict)


def test_an_event_of_a_record_that_was_not_there_before_is_none() -> None:
    says(writes.each_transition_must_leave_one_event(tried(replace(MADE, before=None))), STOP)


def test_a_creation_is_no_transition() -> None:
    says(writes.each_transition_must_leave_one_event(tried(CREATED)), HOLD)
    says(writes.each_version_must_be_bumped(tried(CREATED)), HOLD)


@pytest.mark.parametrize(("events", "verdict"), [((), GO), ((EVENT,), STOP)])
def test_what_was_refused_leaves_no_event(events: tuple[Event, ...], verdict: Verdict) -> None:
    says(writes.refused_must_leave_no_event(tried(MADE, replace(STALE, events=events))), verdict)


@pytest.mark.parametrize(
    ("events", "verdict"), [([1] * 10, GO), ([1] * 9, HOLD), ([1] * 9 + [0], STOP), ([1] * 9 + [2], STOP), ([], HOLD)]
)
def test_each_of_the_newest_transitions_has_one_event(events: list[int], verdict: Verdict) -> None:
    found = tuple(Transition(f"p{n}", "Submitted", 2, ago(n), count) for n, count in enumerate(events))
    judged = writes.each_of_the_newest_must_have_one_event(seen(TransitionsReading(found)), transitions=10)
    says(judged, verdict)


def test_ten_are_looked_at_of_eleven() -> None:
    found = tuple(Transition(f"p{n}", "Submitted", 2, ago(n), 1 if n < 10 else 0) for n in range(11))
    says(writes.each_of_the_newest_must_have_one_event(seen(TransitionsReading(found)), transitions=10), GO)


FIRST, SECOND = BatchAnswer(201, "b1", duplicate=False), BatchAnswer(200, "b1", duplicate=True)


def batch(*answers: BatchAnswer, rows: tuple[str, ...] = ("b1",)) -> Observation[BatchReading]:
    return seen(BatchReading("rec", "r1", answers, rows))


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (FIRST, SECOND, GO),
        (FIRST, replace(SECOND, status=201), STOP),
        (FIRST, replace(SECOND, id="b2"), STOP),
        (FIRST, replace(SECOND, duplicate=False), HOLD),
        (FIRST, replace(SECOND, duplicate=None), HOLD),
        (FIRST, replace(SECOND, id=""), HOLD),
        (FIRST, replace(SECOND, status=409), HOLD),
        (FIRST, replace(SECOND, status=500), STOP),
        (replace(FIRST, status=500), SECOND, STOP),
        (replace(FIRST, status=200), SECOND, HOLD),
        (replace(FIRST, duplicate=True), SECOND, HOLD),
        (replace(FIRST, duplicate=None), SECOND, HOLD),
        (replace(FIRST, id=""), SECOND, HOLD),
    ],
)
def test_the_second_sending_is_a_duplicate(first: BatchAnswer, second: BatchAnswer, verdict: Verdict) -> None:
    says(writes.second_must_be_a_duplicate(batch(first, second)), verdict)


def test_one_sending_has_no_duplicate() -> None:
    says(writes.second_must_be_a_duplicate(batch(FIRST)), HOLD)


@pytest.mark.parametrize(("rows", "verdict"), [(("b1",), GO), (("b1", "b2"), STOP), ((), HOLD), (("b2",), HOLD)])
def test_the_database_holds_one_row_for_both(rows: tuple[str, ...], verdict: Verdict) -> None:
    says(writes.database_must_hold_one_batch(batch(FIRST, SECOND, rows=rows)), verdict)
