"""The page shows the ledger, all of it and nothing else, and nothing in it can act."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flipgate.core.errors import Refused
from flipgate.core.verdict import Verdict
from flipgate.evidence.about import about
from flipgate.evidence.account import accounts
from flipgate.evidence.ledger import records
from flipgate.evidence.page import page
from flipgate.evidence.report import written
from tests.unit.evidence.cutover import CASCADE, Cutover


def page_of(cutover: Cutover, run: str) -> str:
    return written(cutover.ledger, run, cutover.written_to(run)).read_text()


def test_its_numbers_are_the_ledgers(cutover: Cutover) -> None:
    text = page_of(cutover, cutover.run("after_flip_1", CASCADE))
    assert "<h1>STOP</h1>" in text
    assert "1 STOP, 2 HOLD, 9 GO of 12 gates" in text
    for gate in CASCADE:
        assert f"{gate.subject}: {gate.seen}" in text
        assert gate.limit in text


def test_a_cutover_that_took_days_ends_on_its_own_date(cutover: Cutover) -> None:
    cutover.run("preflight", CASCADE)
    assert re.search(r"2026-\d\d-\d\d [\d:]{8} UTC to [\d:]{8} ", whole(cutover))
    cutover.age(24)
    cutover.run("after_flip_1", CASCADE)
    told = re.search(r"2026-(\d\d-\d\d) [\d:]{8} UTC to 2026-(\d\d-\d\d) [\d:]{8} ", whole(cutover))
    assert told
    assert told[1] != told[2]


def whole(cutover: Cutover) -> str:
    runs = accounts(records(cutover.ledger))
    return page(runs, about(cutover.root, "org_v23"), ledger="whole", kept=cutover.ledger.parent)


def test_the_worst_stands_first(cutover: Cutover) -> None:
    text = page_of(cutover, cutover.run("after_flip_1", CASCADE))
    rows = re.findall(r'<tr class="(\w+)">', text)
    assert rows == ["stop", "hold", "hold", *["go"] * 9]


def test_a_stop_says_what_to_do_and_a_go_what_comes_next(cutover: Cutover) -> None:
    stopped = page_of(cutover, cutover.run("after_flip_1", CASCADE))
    assert "set ff:orgv23:cascade_4layer:global back to false (§6.2), then run the rollback stage." in stopped
    passed = page_of(cutover, cutover.run("preflight", [gate for gate in CASCADE if gate.verdict is Verdict.GO]))
    assert "Next: flip by hand (§6.1): SET ff:orgv23:read_from_org_units:global true" in passed


def test_the_same_ledger_makes_the_same_bytes(cutover: Cutover) -> None:
    run = cutover.run("after_flip_1", CASCADE)
    assert page_of(cutover, run) == page_of(cutover, run)


def test_a_gate_that_was_not_judged_is_named(cutover: Cutover) -> None:
    text = page_of(cutover, cutover.run("preflight", CASCADE, skip=1))
    assert "not judged: No breaker has tripped" in text
    assert "did not run" in text


def test_a_broken_chain_is_said(cutover: Cutover) -> None:
    run = cutover.run("preflight", CASCADE)
    assert "chain whole" in page_of(cutover, run)
    cutover.ledger.write_text(cutover.ledger.read_text().replace("24 series", "25 series"))
    assert re.search(r"chain broken at line \d+", page_of(cutover, run))


def test_a_run_that_the_ledger_does_not_hold_is_refused(cutover: Cutover, tmp_path: Path) -> None:
    cutover.run("preflight", CASCADE)
    with pytest.raises(Refused, match="no run 20990101"):
        written(cutover.ledger, "20990101", tmp_path)


def test_it_is_written_without_the_runbooks_own_file(cutover: Cutover) -> None:
    (cutover.root / "features" / "org_v23" / "runbook.toml").unlink()
    assert "org_v23" in page_of(cutover, cutover.run("preflight", CASCADE))
