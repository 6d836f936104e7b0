from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from flipgate.core.facts.history import Flip, FlipHistory, StageResult
from flipgate.core.facts.traffic import Reference
from flipgate.core.judgement import Judgement
from flipgate.gates.history import (
    flags_must_have_been_left_alone,
    flips_must_be_undone_in_reverse,
    reference_must_be_complete,
    stage_must_be_go,
    stage_must_be_go_in_the_window,
    went_back,
)
from tests.unit.gates.given import GO, HOLD, INF, NAN, STOP, ago, says, seen

DUAL, READ, CASCADE, SERVICES = ORDER = (
    "dual_write_org_units",
    "read_from_org_units",
    "cascade_4layer",
    "new_services_enabled",
)
GREEN = StageResult("preflight", "r1", "GO", ago(3600))


@pytest.mark.parametrize(("max_age_s", "verdict"), [(3601, GO), (3600, GO), (3599, HOLD)])
def test_a_green_stage_has_to_be_fresh(max_age_s: float, verdict: object) -> None:
    assert stage_must_be_go(seen(GREEN), max_age_s=max_age_s).verdict is verdict


def test_freshness_counts_from_the_moment_that_asks() -> None:
    says(stage_must_be_go(seen(replace(GREEN, asked_for=ago(3000))), max_age_s=600), GO)
    says(stage_must_be_go(seen(replace(GREEN, asked_for=ago(3600))), max_age_s=600), GO)
    says(stage_must_be_go(seen(replace(GREEN, asked_for=ago(3601))), max_age_s=600), HOLD, "after")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "GO at 2026-04-26 11:00:00 UTC (run r1), 1 h before: too old, run it again"),
        ({"verdict": ""}, "it never ran to an end here; no verdict at 2026-04-26 11:00:00 UTC (run r1), 1 h before"),
        ({"ended_at": None}, "it never ran to an end here"),
    ],
)
def test_a_stage_that_is_too_old_or_never_ended_is_told(changes: dict[str, object], told: str) -> None:
    judgement = stage_must_be_go(seen(replace(GREEN, **changes)), max_age_s=0)  # type: ignore[arg-type]
    assert judgement.seen.removesuffix(": too old, run it again") == told.removesuffix(": too old, run it again")


@pytest.mark.parametrize(
    "changes",
    [
        {"verdict": "HOLD"},
        {"verdict": "STOP"},
        {"verdict": "go"},
        {"verdict": "", "ended_at": None},
        {"ended_at": None},
        {"ended_at": ago(-10)},
        {"contradicted_by": "run r2"},
    ],
)
def test_any_other_stage_is_hold(changes: dict[str, object]) -> None:
    stage = replace(GREEN, window_opened_at=ago(7200), **changes)  # type: ignore[arg-type]
    says(stage_must_be_go(seen(stage), max_age_s=86400), HOLD)
    says(stage_must_be_go_in_the_window(seen(stage)), HOLD)


@pytest.mark.parametrize(("opened_at", "verdict"), [(ago(3601), GO), (ago(3600), GO), (ago(3599), HOLD), (None, HOLD)])
def test_a_stage_of_an_earlier_change_window_is_hold(opened_at: datetime | None, verdict: object) -> None:
    assert stage_must_be_go_in_the_window(seen(replace(GREEN, window_opened_at=opened_at))).verdict is verdict


def flip(flag: str, value: str, age_s: float | None, source: str = "database", seen_s: float | None = None) -> Flip:
    before = None if seen_s is None else ago(seen_s)
    return Flip(flag, value, None if age_s is None else ago(age_s), source, before)


def undone(*flips: Flip, phase_3_begun: bool = False) -> Judgement:
    forward = flip(READ, "true", 900), flip(CASCADE, "true", 800)
    return flips_must_be_undone_in_reverse(seen(FlipHistory(ORDER, (*forward, *flips), phase_3_begun)))


def test_the_exact_reverse_is_go() -> None:
    says(undone(flip(CASCADE, "false", 200), flip(READ, "false", 100)), GO, CASCADE, READ)


def test_only_the_last_flip_undone_is_go() -> None:
    says(undone(flip(CASCADE, "false", 200)), GO)


def test_the_wrong_order_is_stop() -> None:
    says(undone(flip(READ, "false", 200), flip(CASCADE, "false", 100)), STOP, READ, CASCADE)


def test_an_earlier_flag_back_while_a_later_one_is_true_is_stop() -> None:
    says(undone(flip(READ, "false", 200)), STOP, "still true")
    says(undone(flip(DUAL, "false", 100)), STOP, DUAL)


def test_after_phase_3_no_rollback_exists() -> None:
    says(undone(flip(CASCADE, "false", 200), phase_3_begun=True), STOP, "no rollback exists")


def test_nothing_flipped_back_is_hold() -> None:
    says(undone(), HOLD, "no flag is known")


def test_an_unknown_time_or_two_at_once_is_hold() -> None:
    says(undone(flip(CASCADE, "false", 200), flip(READ, "false", None, "")), HOLD, "unknown when")
    says(undone(flip(CASCADE, "false", 200), flip(READ, "false", 200)), HOLD, "which came first")


@pytest.mark.parametrize(("last_seen_true_s", "verdict"), [(200, GO), (199, GO), (201, HOLD), (None, HOLD)])
def test_the_ledger_knows_the_order_only_between_two_sights(last_seen_true_s: float | None, verdict: object) -> None:
    read = flip(READ, "false", 100, "ledger", last_seen_true_s)
    assert undone(flip(CASCADE, "false", 200), read).verdict is verdict


def test_a_flag_that_never_was_true_was_not_flipped_back() -> None:
    seeded = flip(SERVICES, "false", 5000)
    says(undone(seeded, flip(CASCADE, "false", 200)), GO)
    says(flips_must_be_undone_in_reverse(seen(FlipHistory(ORDER, (seeded,)))), HOLD)


@pytest.mark.parametrize(
    ("own", "others", "is_back"),
    [
        (flip(READ, "false", 100), (), False),
        (flip(READ, "false", 100), (flip(CASCADE, "true", 900),), False),
        (flip(READ, "false", 100), (flip(READ, "true", 900),), True),
        (flip(READ, "false", 100, "audit"), (), True),
        (flip(READ, "false", 100, "database", 200), (), True),
        (flip(READ, "true", 100, "audit"), (flip(READ, "true", 900),), False),
    ],
)
def test_only_a_flag_that_was_true_went_back(own: Flip, others: tuple[Flip, ...], *, is_back: bool) -> None:
    assert went_back(own, FlipHistory(ORDER, (*others, own))) is is_back


def test_of_two_witnesses_the_database_knows_better_than_the_ledger() -> None:
    twice = flip(READ, "false", 150), flip(READ, "false", 100, "ledger", 700)
    says(undone(flip(CASCADE, "false", 200), *twice), GO)


COMPLETE = Reference(5000.0, 3.0, {'layers="3"': {"5": 90.0, "+Inf": 100.0}}, 0.0, {"teams": 12}, {"teams": 40})


def test_a_complete_reference_is_go() -> None:
    says(reference_must_be_complete(seen(COMPLETE), requests=5000), GO, "5 000 requests")


@pytest.mark.parametrize("changes", [{"errors": 0.0}, {"errors": 1.0}, {"latency_counts": {"": {"+Inf": 1.0}}}])
def test_a_reference_of_one_request_is_complete_where_one_is_asked_for(changes: dict[str, object]) -> None:
    one = replace(COMPLETE, **{"requests": 1.0, "errors": 0.0, **changes})  # type: ignore[arg-type]
    says(reference_must_be_complete(seen(one), requests=1), GO)
    says(reference_must_be_complete(seen(replace(one, requests=0.5)), requests=0), HOLD)


@pytest.mark.parametrize(
    "changes",
    [
        {"requests": 4999.0},
        {"requests": NAN},
        {"requests": INF},
        {"errors": NAN},
        {"errors": 5001.0},
        {"errors": -1.0},
        {"latency_counts": {}},
        {"latency_counts": {"": {"5": 1.0}}},
        {"latency_counts": {"": {"+Inf": 0.0}}},
        {"latency_counts": {"": {"+Inf": NAN}}},
        {"conflicts_per_hour": NAN},
        {"conflicts_per_hour": INF},
        {"rows": {}},
        {"rows": {"teams": 0}},
        {"scans": {}},
    ],
)
def test_a_reference_with_a_hole_is_hold(changes: dict[str, object]) -> None:
    says(reference_must_be_complete(seen(replace(COMPLETE, **changes)), requests=5000), HOLD)  # type: ignore[arg-type]


def test_flags_left_alone_since_the_third_flip_are_go() -> None:
    says(flags_must_have_been_left_alone(seen(flipped()), since_flip_of=SERVICES), GO, "since 2026-04-26 11:58:20 UTC")


@pytest.mark.parametrize(("age_s", "verdict"), [(100, GO), (99.9, STOP)])
def test_a_flag_that_changed_with_the_third_flip_was_not_touched_since(age_s: float, verdict: object) -> None:
    also = replace(flipped(), flips=(*flipped().flips, Flip(CASCADE, "true", ago(age_s), "database")))
    assert flags_must_have_been_left_alone(seen(also), since_flip_of=SERVICES).verdict is verdict


@pytest.mark.parametrize("flag", [READ, CASCADE])
def test_a_flag_of_which_no_flip_is_known_is_hold(flag: str) -> None:
    others = tuple(one for one in flipped().flips if one.flag != flag)
    for flips in (others, (*others, Flip(flag, "true", None, "")), (*flipped().flips, Flip(flag, "true", None, ""))):
        judgement = flags_must_have_been_left_alone(seen(replace(flipped(), flips=flips)), since_flip_of=SERVICES)
        says(judgement, HOLD, f"unknown when it was flipped: {flag}")


@pytest.mark.parametrize("flag", [DUAL, READ, CASCADE])
def test_a_flag_that_was_touched_since_is_stop(flag: str) -> None:
    touched = Flip(flag, "true", ago(50), "database")
    history = replace(flipped(), flips=(*flipped().flips, touched))
    says(
        flags_must_have_been_left_alone(seen(history), since_flip_of=SERVICES),
        STOP,
        f'"{flag}" became true at 2026-04-26',
    )


def test_without_the_third_flip_nothing_can_be_told() -> None:
    off = replace(flipped(), flips=(*flipped().flips, Flip(SERVICES, "false", ago(50), "ledger")))
    unknown = replace(flipped(), flips=flipped().flips[:-1])
    for history in (off, unknown):
        says(flags_must_have_been_left_alone(seen(history), since_flip_of=SERVICES), HOLD, SERVICES)


def flipped() -> FlipHistory:
    times = zip(ORDER[1:], (300, 200, 100), strict=True)
    return FlipHistory(ORDER, tuple(Flip(flag, "true", ago(seconds), "ledger") for flag, seconds in times))


def test_one_restart_may_take_both_back() -> None:
    on = [flip(flag, "true", age_s, "process") for flag, age_s in (("read", 900), ("write", 600))]
    back = [flip(flag, "false", 60, "process") for flag in ("read", "write")]
    says(flips_must_be_undone_in_reverse(seen(FlipHistory(("read", "write"), (*on, *back)))), GO)
    back[1] = flip("write", "false", 60, "ledger", 500)
    says(flips_must_be_undone_in_reverse(seen(FlipHistory(("read", "write"), (*on, *back)))), HOLD, "unknown")
