"""A word is kept with who, when and what it shows; it is refused in words where it would say nothing."""

from __future__ import annotations

import hashlib
import os
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flipgate.core.clock import Clock
from flipgate.core.errors import Refused
from flipgate.core.verdict import Verdict
from flipgate.evidence.attest import Times, attest, waive
from flipgate.evidence.history import History
from flipgate.evidence.ledger import Ledger, lines, records
from flipgate.evidence.records import GateText, RunJudged, RunStart
from flipgate.evidence.words import Attested, Waived

RUNBOOK = """
title = "Demo"
[boxes]
1 = { owner = "Founder", claim = "the pre-flight is complete", stage = "preflight" }
2 = { owner = "DevOps", claim = "the report is attached" }
"""
GATE = GateText("features/demo/x.feature::Rows are enough", "Rows are enough", "x", "1", "", (), "", ())
DAY_S = 86400.0


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    (tmp_path / "features" / "demo").mkdir(parents=True)
    (tmp_path / "features" / "demo" / "runbook.toml").write_text(RUNBOOK)
    path = tmp_path / "reports" / "dev" / "demo" / "ledger.jsonl"
    with Ledger(path, "r1", Clock(DAY_S)) as one:
        one.append(RunStart("dev", "dev", "world-1", True, "demo", "preflight", DAY_S, (GATE,)))  # noqa: FBT003
        one.append(RunJudged(Verdict.GO, (), ()))
    return path


def last(ledger: Path) -> Attested | Waived:
    body = records(ledger)[-1].body
    assert isinstance(body, Attested | Waived)
    return body


def test_a_word_is_kept_with_all_that_it_stands_on(ledger: Path, tmp_path: Path) -> None:
    proof = tmp_path / "report.md"
    proof.write_text("PASS\n")
    record = attest(ledger, "2", " the engineer\n on duty ", "attached in #570", proof, Times("2999-12-31"))
    word = last(ledger)
    assert isinstance(word, Attested)
    assert (word.environment, word.instance, word.runbook, word.box) == ("dev", "world-1", "demo", 2)
    assert (word.owner, word.by, word.note) == ("DevOps", "the engineer on duty", "attached in #570")
    assert word.operator.endswith(f"@{socket.gethostname()}")
    assert word.proof is not None
    assert word.proof.sha256 == "sha256:" + hashlib.sha256(b"PASS\n").hexdigest()
    assert (word.proof.name, word.proof.size) == ("report.md", 5)
    assert word.expires == datetime(3000, 1, 1, tzinfo=UTC)
    assert record.at - record.machine_at == timedelta(seconds=DAY_S)
    assert all(line.chained for line in lines(ledger))


@pytest.mark.parametrize(
    ("box", "told"),
    [
        ("1", "box 1 is ticked by a GO of preflight, not by a word"),
        ("3", r"demo has no box '3'; its boxes: 1 \(Founder\), 2 \(DevOps\)"),
        ("02", "has no box '02'"),
        ("../2", "has no box"),
        ("", "has no box ''"),
    ],
)
def test_a_box_that_no_person_owns_is_refused_in_words(ledger: Path, box: str, told: str) -> None:
    before = ledger.read_bytes()
    with pytest.raises(Refused, match=told):
        attest(ledger, box, "somebody", "done")
    assert ledger.read_bytes() == before


@pytest.mark.parametrize("empty", ["", "  ", "\n", "…", "x" * 2001])
def test_a_word_says_who_and_what(ledger: Path, empty: str) -> None:
    with pytest.raises(Refused, match="--by"):
        attest(ledger, "2", empty, "done")
    with pytest.raises(Refused, match="--note"):
        attest(ledger, "2", "somebody", empty)


@pytest.mark.parametrize("expires", ["soon", "2999-13-01", "2020-01-01", "2999-01-01T12:00", "2999-01-01T00:00:00"])
def test_a_date_that_is_over_or_unclear_is_refused(ledger: Path, expires: str) -> None:
    with pytest.raises(Refused, match="--expires"):
        attest(ledger, "2", "somebody", "done", None, Times(expires))


def test_only_a_regular_file_shows_anything(ledger: Path, tmp_path: Path) -> None:
    whole, empty, link, pipe = (tmp_path / name for name in ("whole", "empty", "link", "pipe"))
    whole.write_text("x")
    empty.write_text("")
    link.symlink_to(whole)
    os.mkfifo(pipe)
    for path, told in {
        link: "symbolic link",
        pipe: "no regular file",
        tmp_path: "directory|regular file",
        empty: "is empty",
        tmp_path / "gone": "No such file",
    }.items():
        with pytest.raises(Refused, match=told):
            attest(ledger, "2", "somebody", "done", path)
    assert len(records(ledger)) == 2


def test_a_word_waits_for_nobody_and_is_written_by_one(ledger: Path) -> None:
    with Ledger(ledger, "r2", Clock()), pytest.raises(Refused, match="another run is writing"):
        attest(ledger, "2", "somebody", "done")


def test_a_word_before_the_first_run_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "reports" / "dev" / "demo" / "ledger.jsonl"
    with pytest.raises(Refused, match="nothing was run here yet"):
        attest(path, "2", "somebody", "done")
    assert not path.parent.exists()


def test_a_word_for_another_world_is_not_of_this_history(ledger: Path) -> None:
    attest(ledger, "2", "somebody", "done")
    told = {instance: len(list(History.of(records(ledger), "dev", instance).words())) for instance in ("world-1", "w2")}
    assert told == {"world-1": 1, "w2": 0}
    assert not list(History.of(records(ledger), "staging", "world-1").words())


@pytest.mark.parametrize(("what", "kept"), [("1", "box 1"), ("2", "box 2"), (GATE.title, GATE.id), (GATE.id, GATE.id)])
def test_a_waiver_names_a_box_or_a_gate_and_who_answers_for_it(ledger: Path, what: str, kept: str) -> None:
    waive(ledger, what, "the lead", "the owner", "known since spring", "2999-01-01")
    word = last(ledger)
    assert isinstance(word, Waived)
    assert (word.what, word.by, word.owner, word.reason) == (kept, "the lead", "the owner", "known since spring")
    assert word.told.startswith(f"{kept.rpartition('::')[2]} is not GO: known since spring (the owner answers for it")


def test_a_waiver_of_nothing_by_nobody_or_for_ever_is_refused(ledger: Path) -> None:
    for words, told in (
        (("9", "a", "b", "c", "2999-01-01"), "'9' is neither a box"),
        (("2", "", "b", "c", "2999-01-01"), "--by"),
        (("2", "a", "", "c", "2999-01-01"), "--owner"),
        (("2", "a", "b", "", "2999-01-01"), "--reason"),
        (("2", "a", "b", "c", ""), "--expires"),
    ):
        with pytest.raises(Refused, match=told):
            waive(ledger, *words)


def test_a_waiver_that_is_over_waives_nothing(ledger: Path) -> None:
    until = datetime.now(UTC) + timedelta(days=2)
    waive(ledger, "2", "a", "b", "c", until.isoformat())
    history = History.of(records(ledger), "dev", "world-1")
    assert len(history.waivers(until - timedelta(seconds=1))) == 1
    assert history.waivers(until) == ()


def test_a_word_says_when_it_was_done(ledger: Path) -> None:
    done = datetime.now(UTC) + timedelta(seconds=DAY_S / 2)  # by the world of the newest run, which has aged by a day
    attest(ledger, "2", "somebody", "told", None, Times(done_at=done.isoformat()))
    word = last(ledger)
    assert isinstance(word, Attested)
    assert word.done_at == done


@pytest.mark.parametrize("when", ["yesterday", "2026-01-01T10:00:00", "2999-01-01T10:00:00Z"])
def test_a_time_that_is_none_or_to_come_is_refused(ledger: Path, when: str) -> None:
    with pytest.raises(Refused, match="--when"):
        attest(ledger, "2", "somebody", "told", None, Times(done_at=when))
