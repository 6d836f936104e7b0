"""What a role is shown counts only where something is shown; an empty list obeys any rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from flipgate.core.facts.lists import Counts, ListsAnswer, ListsReading, QueueAnswer, QueueReading
from flipgate.core.judgement import Judgement
from flipgate.core.verdict import Verdict
from flipgate.gates import lists
from tests.unit.gates.given import GO, HOLD, STOP, says, seen

ROWS = Counts(80, 60)


def answer(patches: int = 80, rfis: int = 60, **changes: Any) -> QueueAnswer:
    whole = QueueAnswer("a:1", 200, "db", "true", Counts(patches, rfis), min(5, patches + rfis), patches + rfis)
    return replace(whole, **changes)


def queue(*answers: QueueAnswer, before: Counts = ROWS, after: Counts = ROWS) -> QueueReading:
    return QueueReading("admin", answers, before, after)


def shown(role: str = "analyst", **changes: Any) -> ListsAnswer:
    return replace(ListsAnswer("a:1", role, 200, "", ("db",), 3), **changes)


def reading(*answers: ListsAnswer, rows: int = 9) -> ListsReading:
    return ListsReading(answers, rows)


@pytest.mark.parametrize(("status", "verdict"), [(200, GO), (404, HOLD), (499, HOLD), (500, STOP), (503, STOP)])
def test_one_server_error_is_too_many(status: int, verdict: Verdict) -> None:
    says(lists.none_may_fail(seen(queue(answer(), answer(status=status)))), verdict, str(status))
    says(lists.none_may_fail(seen(reading(shown(), shown(status=status, failed="rfis")))), verdict)


def test_nobody_asked_is_no_success() -> None:
    says(lists.none_may_fail(seen(queue())), HOLD)


@pytest.mark.parametrize(
    ("one", "verdict"),
    [
        (answer(1, 0), GO),
        (answer(0, 0), STOP),
        (answer(counts=None, total=0), HOLD),
        (answer(total=141), HOLD),
        (answer(items=0), HOLD),
        (answer(items=141), HOLD),
        (answer(items=140), GO),
    ],
    ids=["one", "empty", "no counts", "does not add up", "nothing shown", "more shown than there are", "all shown"],
)
def test_an_empty_queue_stops(one: QueueAnswer, verdict: Verdict) -> None:
    says(lists.total_must_be_above(seen(queue(answer(), one)), least=0), verdict)


def test_a_queue_that_nobody_read_holds() -> None:
    says(lists.total_must_be_above(seen(queue()), least=0), HOLD)


@pytest.mark.parametrize(
    ("patches", "rfis", "verdict"),
    [
        (84, 63, GO),
        (76, 57, GO),
        (85, 60, HOLD),
        (75, 60, HOLD),
        (80, 64, HOLD),
        (80, 56, HOLD),
    ],
    ids=["+5 %", "-5 %", "patches above", "patches below", "rfis above", "rfis below"],
)
def test_counts_are_within_five_percent_of_the_rows(patches: int, rfis: int, verdict: Verdict) -> None:
    says(lists.counts_must_be_near_the_rows(seen(queue(answer(patches, rfis))), within_ratio=0.05), verdict)


@pytest.mark.parametrize(("before", "after"), [(Counts(100, 60), ROWS), (ROWS, Counts(100, 60))])
def test_rows_that_change_meanwhile_count_as_they_were_and_as_they_are(before: Counts, after: Counts) -> None:
    judged = lists.counts_must_be_near_the_rows(seen(queue(answer(), before=before, after=after)), within_ratio=0.05)
    says(judged, GO)


def test_a_total_of_its_own_is_held_against_the_rows_too() -> None:
    judged = lists.counts_must_be_near_the_rows(seen(queue(answer(total=200))), within_ratio=0.05)
    says(judged, HOLD, "total 200, rows 140")


@pytest.mark.parametrize(
    "value",
    [
        queue(),
        queue(answer(0, 0), before=Counts(0, 0)),
        queue(answer(), after=Counts(0, 0)),
        queue(answer(counts=None)),
    ],
    ids=["nobody asked", "no rows before", "no rows after", "no counts"],
)
def test_without_rows_or_counts_nothing_is_near(value: QueueReading) -> None:
    says(lists.counts_must_be_near_the_rows(seen(value), within_ratio=0.05), HOLD)


@pytest.mark.parametrize("role", ["analyst", "verifier"])
def test_one_foreign_item_stops(role: str) -> None:
    fine = lists.none_may_be_foreign(seen(reading(shown(role))), role=role)
    says(fine, GO, "3 items")
    says(lists.none_may_be_foreign(seen(reading(shown(role), shown(role, foreign=("p1",)))), role=role), STOP, "p1")


def test_a_role_that_is_shown_nothing_proves_nothing() -> None:
    says(lists.none_may_be_foreign(seen(reading(shown(items=0))), role="analyst"), HOLD, "proves nothing")


@pytest.mark.parametrize("role", ["verifier", "admin"])
def test_a_role_that_was_not_asked_or_has_no_rule_holds(role: str) -> None:
    says(lists.none_may_be_foreign(seen(reading(shown("analyst"), shown("admin"))), role=role), HOLD)


@pytest.mark.parametrize(("items", "status", "verdict"), [(1, 200, GO), (2, 200, GO), (0, 200, STOP), (0, 500, HOLD)])
def test_at_least_one_item_is_shown(items: int, status: int, verdict: Verdict) -> None:
    judged = lists.each_must_show(seen(reading(shown(), shown(items=items, status=status))), least=1)
    says(judged, verdict)


def test_at_least_nothing_claims_nothing() -> None:
    says(lists.each_must_show(seen(reading(shown())), least=0), HOLD)
    says(lists.each_must_show(seen(reading()), least=1), HOLD)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, GO),
        ({"missing": ("p1",)}, HOLD),
        ({"unknown": ("p1",)}, HOLD),
        ({"status": 500, "failed": "rfis"}, HOLD),
    ],
)
def test_a_role_is_shown_the_rows_that_are_theirs(changes: dict[str, Any], verdict: Verdict) -> None:
    says(lists.each_must_show_the_rows(seen(reading(shown(), shown(**changes)))), verdict)


def test_no_rows_are_no_proof() -> None:
    says(lists.each_must_show_the_rows(seen(reading(shown(), rows=0))), HOLD)
    says(lists.each_must_show_the_rows(seen(reading())), HOLD)


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, GO),
        ({"diverging": ("p1 shows Draft v1, its row Submitted v2",)}, STOP),
        ({"unknown": ("p1",)}, STOP),
        ({"items": 0}, HOLD),
        ({"status": 503}, HOLD),
    ],
)
def test_a_state_that_no_row_holds_stops(changes: dict[str, Any], verdict: Verdict) -> None:
    says(lists.each_must_be_in_the_state_of_its_row(seen(reading(shown(), shown(**changes)))), verdict)


def test_states_that_nobody_read_hold() -> None:
    says(lists.each_must_be_in_the_state_of_its_row(seen(reading())), HOLD)


@pytest.mark.parametrize(
    ("sources", "verdict"), [(("db",), GO), (("local",), HOLD), (("db", "local"), HOLD), ((), HOLD)]
)
def test_an_answer_from_elsewhere_holds(sources: tuple[str, ...], verdict: Verdict) -> None:
    says(lists.each_must_come_from(seen(reading(shown(sources=sources))), source="db"), verdict)


@pytest.mark.parametrize(("source", "verdict"), [("db", GO), ("local", HOLD), ("", HOLD)])
def test_a_queue_from_elsewhere_holds(source: str, verdict: Verdict) -> None:
    says(lists.each_must_come_from(seen(queue(answer(source=source))), source="db"), verdict)
    says(lists.each_must_come_from(seen(queue()), source="db"), HOLD)


@pytest.mark.parametrize(
    ("source", "served", "verdict"),
    [
        ("db", "true", GO),
        ("local", "false", GO),
        ("db", "false", HOLD),
        ("local", "true", HOLD),
        ("", "", HOLD),
        ("db", "", HOLD),
    ],
)
def test_an_answer_comes_from_where_its_flags_say(source: str, served: str, verdict: Verdict) -> None:
    judged: Judgement = lists.each_must_come_from_where_its_flags_say(seen(queue(answer(source=source, served=served))))
    says(judged, verdict)


def test_nobody_who_says_where_from_holds() -> None:
    says(lists.each_must_come_from_where_its_flags_say(seen(queue())), HOLD)
