"""When was a flip: the database, else the operator, else the ledger's first sight."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from flipgate.core.errors import Refused
from flipgate.core.facts.flags import GLOBAL, FlagValue, Posture
from flipgate.core.facts.history import Flip
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.evidence.flips import flip_of
from flipgate.evidence.history import History
from flipgate.evidence.ledger import GENESIS
from flipgate.evidence.records import Body, Record, RunJudged, RunStart, seen

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
FLAG = "cascade_4layer"


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def posture(minutes: float, redis: str, row: str = "", written: float | None = None) -> Observation[Posture]:
    values = [FlagValue(FLAG, "redis", GLOBAL, redis)] if redis else []
    if row:
        values.append(FlagValue(FLAG, "database", GLOBAL, row, None if written is None else at(written)))
    return Observation(Posture((FLAG,), tuple(values), (), {}), "flags", "redis", (), at(minutes))


def history(*bodies: tuple[str, Body], instance: str = "i") -> History:
    start = RunStart("dev", "dev", instance, provisioned=False, runbook="b", stage="s", offset_s=0, manifest=())
    runs = list(dict.fromkeys(run for run, _ in bodies)) or ["r"]
    entries: list[tuple[str, Body]] = [(run, start) for run in runs] + list(bodies)
    records = [
        Record(run, number, NOON, NOON, float(number), body, GENESIS) for number, (run, body) in enumerate(entries)
    ]
    return History.of(records, "dev", "i")


def sights(*readings: Observation[Posture], instance: str = "i") -> History:
    return history(*(("r", seen("g", reading)) for reading in readings), instance=instance)


def test_the_row_in_force_tells_its_own_time() -> None:
    assert flip_of(FLAG, posture(10, "true", "true", written=3), history()) == Flip(FLAG, "true", at(3), "database")


@pytest.mark.parametrize(("written", "since"), [(-60, (5, "ledger")), (0.9, (5, "ledger")), (1, (1, "database"))])
def test_a_row_is_not_believed_once_the_other_value_was_seen_after_it(written: float, since: tuple[float, str]) -> None:
    seen_before = sights(posture(0, "true"), posture(1, "false"), posture(5, "true", "true", written=written))
    flip = flip_of(FLAG, posture(10, "true", "true", written=written), seen_before)
    assert (flip.at, flip.source, flip.not_before) == (at(since[0]), since[1], at(1))


def test_without_a_row_the_first_sight_of_the_new_value_counts() -> None:
    seen_before = sights(posture(0, "false"), posture(5, "true"), posture(7, "true"))
    assert flip_of(FLAG, posture(10, "true"), seen_before) == Flip(FLAG, "true", at(5), "ledger", at(0))


def test_the_reading_at_hand_may_be_the_first_sight() -> None:
    assert flip_of(FLAG, posture(10, "true"), sights(posture(0, "false"))).at == at(10)


def test_a_value_that_never_changed_has_no_flip() -> None:
    assert flip_of(FLAG, posture(10, "true"), sights(posture(0, "true"))).at is None


def test_a_flip_back_and_forth_counts_from_the_last_one() -> None:
    seen_before = sights(posture(0, "false"), posture(1, "true"), posture(2, "false"), posture(3, "true"))
    assert flip_of(FLAG, posture(10, "true"), seen_before).at == at(3)


def test_another_instances_sights_do_not_count() -> None:
    assert flip_of(FLAG, posture(10, "true"), sights(posture(0, "false"), instance="other")).at is None


@pytest.mark.parametrize(("minutes", "allowed"), [(0, True), (3, True), (5, True), (5.1, False), (-0.1, False)])
def test_the_operators_word_lies_between_the_ledgers_sights(minutes: float, allowed: bool) -> None:  # noqa: FBT001
    seen_before = sights(posture(0, "false"), posture(5, "true"))
    stated = at(minutes).isoformat()
    if allowed:
        flip = flip_of(FLAG, posture(10, "true"), seen_before, stated)
        assert (flip.at, flip.source) == (at(minutes), "operator")
    else:
        with pytest.raises(Refused, match="contradicts the ledger"):
            flip_of(FLAG, posture(10, "true"), seen_before, stated)


def test_an_unreadable_value_is_no_flip() -> None:
    assert flip_of(FLAG, posture(10, "True"), sights(posture(0, "false"))).at is None


def test_a_run_without_an_end_is_hold() -> None:
    found = history(("r", seen("g", posture(0, "false")))).stage("s")
    assert (found.run, found.verdict) == ("r", "HOLD")


def test_the_newest_run_of_a_stage_counts() -> None:
    ended = history(("r1", RunJudged(Verdict.GO, (), ())), ("r2", RunJudged(Verdict.STOP, (), ()))).stage("s")
    assert (ended.run, ended.verdict) == ("r2", "STOP")


def test_a_stage_that_never_ran_has_no_verdict() -> None:
    assert history().stage("preflight").verdict == ""


def served(minutes: float, *texts: str, started: float = 0) -> Observation[Posture]:
    values = tuple(FlagValue(FLAG, f"process p{n}", GLOBAL, text, at(started - n)) for n, text in enumerate(texts))
    return Observation(Posture((FLAG,), values, (), {}), "flags", "ops_view", (), at(minutes))


def test_a_flip_of_processes_is_as_old_as_the_youngest_and_two_seconds() -> None:
    before = sights(served(0, "false", "false", started=-60))
    flip = flip_of(FLAG, served(10, "true", "true", started=4), before)
    assert flip == Flip(FLAG, "true", at(4) + timedelta(seconds=2), "process", at(0))


def test_it_is_not_younger_than_its_reading() -> None:
    assert flip_of(FLAG, served(4, "true", started=4), sights(served(0, "false", started=-9))).at == at(4)


def test_a_process_that_did_not_start_anew_tells_no_time() -> None:
    flip = flip_of(FLAG, served(10, "true", started=0), sights(served(0, "false", started=-9)))
    assert (flip.at, flip.source) == (at(10), "ledger")


def test_processes_that_disagree_serve_no_value() -> None:
    assert flip_of(FLAG, served(10, "true", "false", started=4), sights(served(0, "false", started=-9))).at is None
    mixed = sights(served(0, "false", started=-9), served(3, "true", "false", started=2))
    assert flip_of(FLAG, served(10, "true", "true", started=4), mixed).not_before == at(0)


def test_the_start_is_kept_once_the_processes_are_younger_again() -> None:
    seen_before = sights(served(0, "false", started=-9), served(5, "true", started=4))
    assert flip_of(FLAG, served(60, "true", started=50), seen_before).at == at(4) + timedelta(seconds=2)


def test_a_start_knows_better_than_the_operator_and_an_unknown_one_is_no_older_than_it() -> None:
    before = sights(served(0, "false", started=-9))
    assert flip_of(FLAG, served(10, "true", started=4), before, at(3).isoformat()).source == "process"
    alone = flip_of(FLAG, served(10, "true", started=4), history(), at(3).isoformat())
    assert (alone.at, alone.source) == (at(4) + timedelta(seconds=2), "operator")
    assert flip_of(FLAG, served(10, "true", started=4), history(), at(6).isoformat()).at == at(6)
