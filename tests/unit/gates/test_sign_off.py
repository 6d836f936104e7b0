from __future__ import annotations

from dataclasses import replace

import pytest

from flipgate.core.facts.history import Flip, StageResult
from flipgate.core.facts.sign_off import Attestation, StageEvidence
from flipgate.core.verdict import Verdict
from flipgate.gates.sign_off import (
    must_have_been_done_after_the_flip,
    must_have_been_done_before_the_flip,
    owner_must_have_attested,
    stage_must_tick,
)
from tests.unit.gates.given import GO, HOLD, ago, says, seen

DAY_S = 86400.0
GREEN = StageResult("shim", "r1", "GO", ago(3600))
FIRST = Flip("read_from_org_units", "true", ago(7200), "database")
SECOND = Flip("cascade_4layer", "true", ago(1800), "database")
TICKED = StageEvidence(GREEN, FIRST, SECOND)
WORD = Attestation(8, "DevOps", "the engineer on duty", ago(60), "attached")


def test_a_green_stage_between_its_flips_ticks_its_box() -> None:
    says(stage_must_tick(seen(TICKED), max_age_s=DAY_S), GO, "r1")
    place = 'GO after the flip of "read_from_org_units"'
    between = f'{place} and before that of "cascade_4layer", then at most 1 d old'
    assert stage_must_tick(seen(TICKED), max_age_s=DAY_S).limit == between
    last_one = stage_must_tick(seen(replace(TICKED, until=None)), max_age_s=DAY_S)
    assert (last_one.verdict, last_one.limit) == (GO, f"{place}, then at most 1 d old")


@pytest.mark.parametrize(("until", "age_s"), [(SECOND, 1800), (None, 3600)])
def test_a_stage_is_fresh_at_the_flip_that_ends_its_place_or_now(until: Flip | None, age_s: float) -> None:
    evidence = seen(replace(TICKED, until=until))
    says(stage_must_tick(evidence, max_age_s=age_s), GO)
    says(stage_must_tick(evidence, max_age_s=age_s - 1), HOLD, "too old, run it again")


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "HOLD"},
        {"verdict": "STOP"},
        {"verdict": "", "run": "", "ended_at": None},
        {"ended_at": ago(60)},
        {"contradicted_by": "run r2"},
    ],
)
def test_any_other_stage_leaves_its_box_open(changes: dict[str, object]) -> None:
    says(stage_must_tick(seen(replace(TICKED, stage=replace(GREEN, **changes))), max_age_s=DAY_S), HOLD)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "evidence",
    [
        replace(TICKED, since=replace(FIRST, value="false")),
        replace(TICKED, since=replace(FIRST, at=None)),
        replace(TICKED, until=replace(SECOND, value="false")),
        replace(TICKED, until=replace(SECOND, at=ago(7200))),
        replace(TICKED, until=replace(SECOND, at=ago(9000))),
    ],
)
def test_flips_that_were_not_made_in_their_order_tick_nothing(evidence: StageEvidence) -> None:
    says(stage_must_tick(seen(evidence), max_age_s=DAY_S), HOLD, "flipped")


def test_flips_out_of_order_are_told_with_their_times() -> None:
    early = replace(TICKED, until=replace(SECOND, at=ago(9000)))
    told = '"read_from_org_units" at 2026-04-26 10:00:00 UTC and then "cascade_4layer" at 2026-04-26 09:30:00 UTC'
    says(stage_must_tick(seen(early), max_age_s=DAY_S), HOLD, f"the order is broken: flipped {told}")
    unknown = stage_must_tick(seen(replace(TICKED, since=replace(FIRST, at=None))), max_age_s=DAY_S)
    assert "the order is broken" not in unknown.seen


def test_a_named_persons_word_ticks_a_box() -> None:
    judgement = owner_must_have_attested(seen(WORD))
    assert (judgement.verdict, judgement.seen) == (GO, "the engineer on duty at 2026-04-26 11:59:00 UTC: attached")
    says(owner_must_have_attested(seen(replace(WORD, at=ago(0)))), GO)


@pytest.mark.parametrize(("length", "end"), [(500, "xx"), (501, "x…")])
def test_a_long_word_is_cut(length: int, end: str) -> None:
    says(owner_must_have_attested(seen(replace(WORD, statement="x" * length))), GO, "x" * 500, end)


@pytest.mark.parametrize("changes", [{"by": ""}, {"by": " "}, {"at": None}, {"at": ago(-60)}])
def test_a_box_is_never_ticked_by_default(changes: dict[str, object]) -> None:
    judgement = owner_must_have_attested(seen(replace(WORD, **changes)))  # type: ignore[arg-type]
    says(judgement, HOLD)
    assert judgement.subject == "box 8, DevOps"


def test_a_word_says_who_when_what_and_by_which_file() -> None:
    says(owner_must_have_attested(seen(replace(WORD, proof="sha256:ab"))), GO, "attached (file sha256:ab)")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"expires": ago(0)}, "stale: the engineer on duty"),
        ({"expires": ago(1)}, "expired at"),
        ({"flipped_at": ago(60)}, "before the flip at"),
        ({"flipped_at": ago(59)}, "DevOps attests it anew"),
    ],
)
def test_a_word_ends_with_its_date_and_with_the_next_flip(changes: dict[str, object], told: str) -> None:
    says(owner_must_have_attested(seen(replace(WORD, **changes))), HOLD, told)  # type: ignore[arg-type]


@pytest.mark.parametrize("changes", [{"expires": ago(-1)}, {"flipped_at": ago(61)}, {"flipped_at": None}])
def test_a_word_holds_until_then(changes: dict[str, object]) -> None:
    says(owner_must_have_attested(seen(replace(WORD, **changes))), GO)  # type: ignore[arg-type]


FLIP = Flip("OPS_VIEW_DB_READ", "true", ago(DAY_S), "process")


@pytest.mark.parametrize(("before_s", "told"), [(1, GO), (3600, GO), (3601, HOLD), (0, HOLD), (-1, HOLD)])
def test_what_has_to_be_done_before_a_flip_was(before_s: float, told: Verdict) -> None:
    word = replace(WORD, done_at=ago(DAY_S + before_s), beside=FLIP)
    says(must_have_been_done_before_the_flip(seen(word), max_before_s=3600), told)


@pytest.mark.parametrize(("after_s", "told"), [(3600, GO), (3601, GO), (3599, HOLD), (-1, HOLD), (DAY_S + 1, HOLD)])
def test_what_has_to_be_done_after_a_flip_was(after_s: float, told: Verdict) -> None:
    word = replace(WORD, done_at=ago(DAY_S - after_s), beside=FLIP)
    says(must_have_been_done_after_the_flip(seen(word), min_after_s=3600), told)


@pytest.mark.parametrize(
    "changes",
    [
        {"done_at": None},
        {"beside": None},
        {"beside": replace(FLIP, at=None)},
        {"beside": replace(FLIP, value="false")},
    ],
)
def test_without_a_time_or_a_flip_nobody_knows_whether_it_was(changes: dict[str, object]) -> None:
    before = replace(WORD, **{"done_at": ago(DAY_S + 60), "beside": FLIP} | changes)  # type: ignore[arg-type]
    after = replace(WORD, **{"done_at": ago(60), "beside": FLIP} | changes)  # type: ignore[arg-type]
    says(must_have_been_done_before_the_flip(seen(before), max_before_s=3600), HOLD)
    says(must_have_been_done_after_the_flip(seen(after), min_after_s=60), HOLD)
