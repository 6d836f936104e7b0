"""What is recorded stays recorded, in order, and what was changed shows."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from flipgate.core.clock import Clock
from flipgate.core.errors import Refused
from flipgate.core.facts.series import Series, SeriesSet
from flipgate.core.observation import Observation
from flipgate.core.verdict import Verdict
from flipgate.core.window import Window
from flipgate.evidence.ledger import GENESIS, Ledger, lines, records, refuse_second_writer
from flipgate.evidence.records import GateJudged, RunStart, Seen, observation_of, seen

NOON = datetime(2026, 3, 29, 12, tzinfo=UTC)
CLOCK = Clock(720.0, machine=lambda: NOON)
GO = GateJudged("a::b", Verdict.GO)


def written(path: Path, run: str, count: int = 1) -> None:
    with Ledger(path, run, CLOCK) as ledger:
        for _ in range(count):
            ledger.append(GO)


def test_records_come_back_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "env" / "ledger.jsonl"
    written(path, "r1", 2)
    first, second = records(path)
    assert (first.run, first.seq, second.seq, first.body, first.kind) == ("r1", 0, 1, GO, "gate_end")
    assert first.previous == GENESIS


def test_both_times_are_kept(tmp_path: Path) -> None:
    written(tmp_path / "l", "r1")
    (record,) = records(tmp_path / "l")
    assert record.machine_at == NOON
    assert (record.at - record.machine_at).total_seconds() == 720


def test_runs_follow_each_other_in_one_chain(tmp_path: Path) -> None:
    written(tmp_path / "l", "r1", 2)
    written(tmp_path / "l", "r2", 2)
    assert [line.chained for line in lines(tmp_path / "l")] == [True] * 4


@pytest.mark.parametrize("number", [0, 1])
def test_an_edited_line_breaks_the_chain_behind_it(tmp_path: Path, number: int) -> None:
    path = tmp_path / "l"
    written(path, "r1", 3)
    held = path.read_bytes().splitlines(keepends=True)
    held[number] = held[number].replace(b'"GO"', b'"STOP"')
    path.write_bytes(b"".join(held))
    assert not list(lines(path))[number + 1].chained


@pytest.mark.row("J8")
def test_a_line_taken_out_breaks_the_chain(tmp_path: Path) -> None:
    path = tmp_path / "l"
    written(path, "r1", 3)
    held = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(held[0] + held[2])
    assert [line.chained for line in lines(path)] == [True, False]


@pytest.mark.parametrize("left", [1, 20, -1], ids=["one byte", "some bytes", "all but the line end"])
def test_a_line_that_a_crash_cut_short_stays_and_the_next_one_chains_to_it(tmp_path: Path, left: int) -> None:
    path = tmp_path / "l"
    written(path, "r1", 2)
    first, torn = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + torn[:left])
    written(path, "r2")
    assert path.read_bytes().startswith(first + torn[:left] + b"\n")
    assert [line.record.run for line in lines(path) if line.record][-1] == "r2"
    assert list(lines(path))[-1].chained


def test_a_second_writer_is_refused_in_words(tmp_path: Path) -> None:
    with Ledger(tmp_path / "l", "r1", CLOCK), pytest.raises(Refused, match="another run is writing"):
        Ledger(tmp_path / "l", "r2", CLOCK)


def test_a_second_writer_is_told_who_writes(tmp_path: Path) -> None:
    start = RunStart("dev", "dev", "", False, "b", "soak", 0.0, (), operator="op@desk")  # noqa: FBT003
    with Ledger(tmp_path / "l", "r1", CLOCK) as ledger:
        ledger.append(start)
        with pytest.raises(Refused, match=r"r1 of op@desk \(soak\); wait until it has ended"):
            refuse_second_writer(tmp_path / "l")
    refuse_second_writer(tmp_path / "l")
    refuse_second_writer(tmp_path / "not there yet")
    assert not (tmp_path / "not there yet").exists()


@pytest.mark.parametrize("schema", [1, 3])
def test_a_ledger_of_another_schema_is_refused_in_words_and_left_alone(tmp_path: Path, schema: int) -> None:
    path = tmp_path / "l"
    written(path, "r1")
    before = path.read_bytes().replace(b'"schema":2', b'"schema":%d' % schema)
    path.write_bytes(before)
    with pytest.raises(Refused, match=rf"l:1: written in schema {schema}, this flipgate reads 2 alone"):
        records(path)
    with pytest.raises(Refused, match="begin anew"):
        Ledger(path, "r2", CLOCK)
    assert path.read_bytes() == before


def test_time_that_nobody_can_set_stands_beside_the_clock(tmp_path: Path) -> None:
    ticks = iter([1000.25, 1000.5])
    clock = Clock(machine=lambda: NOON, monotonic=lambda: next(ticks))
    with Ledger(tmp_path / "l", "r1", clock) as ledger:
        ledger.append(GO)
        ledger.append(GO)
    assert [record.monotonic_s for record in records(tmp_path / "l")] == [1000.25, 1000.5]


def test_a_ledger_that_is_a_link_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "other").write_text("")
    (tmp_path / "l").symlink_to(tmp_path / "other")
    with pytest.raises(OSError, match="symbolic link"):
        Ledger(tmp_path / "l", "r1", CLOCK)


def test_an_observation_comes_back_whole_nan_included(tmp_path: Path) -> None:
    series = (Series({"code": "200"}, ((1.0, math.nan), (2.0, math.inf), (3.0, 4.5))),)
    value = SeriesSet("m", series, (), 15.0, 1)
    observation = Observation(value, "requests", "prometheus", ("m[60s]",), NOON, Window.before(NOON, 60))
    with Ledger(tmp_path / "l", "r1", CLOCK) as ledger:
        ledger.append(seen("a::b", observation))
    body = records(tmp_path / "l")[0].body
    assert isinstance(body, Seen)
    again = observation_of(body)
    assert math.isnan(again.value.series[0].samples[0][1])
    assert again.value.series[0].samples[1:] == series[0].samples[1:]
    assert (again.window, again.asked, again.taken_at) == (observation.window, observation.asked, NOON)


def test_an_observation_that_does_not_match_its_digest_is_refused() -> None:
    observation = Observation(SeriesSet("m", (), (), 15.0, 1), "requests", "prometheus", (), NOON)
    body = seen("a::b", observation)
    body = replace(body, observation=msgspec.Raw(msgspec.json.encode(body.tree | {"unit": "apples"})))
    with pytest.raises(ValueError, match="does not match its digest"):
        observation_of(body)


@pytest.mark.parametrize(
    ("there", "instead"),
    [(b'"value":', b'"value":\xff'), (b'"unit":"requests"', b'"unit":"\xff"'), (b'"unit":', b'"unit" ')],
    ids=["no value", "no text", "no JSON"],
)
def test_an_observation_that_nobody_has_asked_for_is_read_as_strictly(
    tmp_path: Path, there: bytes, instead: bytes
) -> None:
    ledger = an_observation(tmp_path / "l")
    assert isinstance(records(ledger)[0].body, Seen)
    ledger.write_bytes(ledger.read_bytes().replace(there, instead, 1))
    assert records(ledger) == ()


def test_an_observation_is_an_object(tmp_path: Path) -> None:
    ledger = an_observation(tmp_path / "l")
    line = msgspec.json.decode(ledger.read_bytes())
    line["body"]["observation"] = [line["body"]["observation"]]
    ledger.write_bytes(msgspec.json.encode(line))
    (found,) = lines(ledger)
    assert (found.record, "JSON object" in found.problem) == (None, True)


def an_observation(path: Path) -> Path:
    with Ledger(path, "r1", CLOCK) as ledger:
        ledger.append(seen("a::b", Observation(SeriesSet("m", (), (), 15.0, 1), "requests", "prometheus", (), NOON)))
    return path
