"""Where does the reader find what a run came to?

Every run leaves its page and its Allure results beside it (about 0.05 s together). Allure's own HTML takes one to two
seconds, too long after each stage at two in the morning: it is made by `flipgate report`, or at the end of each run
where FLIPGATE_REPORT=allure.
"""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from flipgate.core.errors import Refused
from flipgate.evidence.about import about, root_of
from flipgate.evidence.account import RunAccount, accounts
from flipgate.evidence.allure import write_results
from flipgate.evidence.allure_html import Front, NotMade, alone, make_html
from flipgate.evidence.ledger import Line, lines
from flipgate.evidence.markup import Markup
from flipgate.evidence.page import page, sheet
from flipgate.evidence.summary import counted, reached, standing

RESULTS = "allure-results"
_LOG = logging.getLogger(__name__)


def written(ledger: Path, run: str, folder: Path) -> Path:
    """Which file shows this run? Its page and its Allure results are written into its folder.

    Errors: Refused where the ledger holds no such run; OSError. The caller says so; the verdict stands either way.
    """
    found = list(lines(ledger))
    chosen = [account for account in _accounts(found) if account.id == run]
    if not chosen:
        raise Refused(f"{ledger}: no run {run} in it")
    if os.environ.get("FLIPGATE_REPORT") == "allure":
        return _report(ledger, found, chosen, folder)
    return _written(ledger, found, chosen, folder)


def report(ledger: Path, runs: Sequence[str] = ()) -> Path:
    """Which one file shows these runs, or all runs of the newest instance where none is named?

    Allure's HTML, self-contained, `report.html`; where Allure cannot be run, our own page of the same runs.
    Errors: Refused where the ledger holds no such run; OSError.
    """
    found = list(lines(ledger))
    told = _accounts(found)
    if unknown := [run for run in runs if run not in {account.id for account in told}]:
        raise Refused(f"{ledger}: no run {', '.join(unknown)} in it")
    chosen = [account for account in told if account.id in runs] if runs else _newest_instance(told)
    if not chosen:
        raise Refused(f"{ledger}: no run in it")
    name = chosen[0].id if len(chosen) == 1 else f"cutover-{chosen[0].id}"
    return _report(ledger, found, chosen, ledger.parent / name)


def _newest_instance(told: Sequence[RunAccount]) -> list[RunAccount]:
    return [account for account in told if account.start.instance == told[-1].start.instance]


def _accounts(found: Sequence[Line]) -> tuple[RunAccount, ...]:
    return accounts([line.record for line in found if line.record is not None])


def report_of(runs: Sequence[RunAccount], opening: Markup, target: Path, *, root: Path, kept: Path) -> Path:
    """Where is the one file that shows these runs, and opens on this page? Without Allure it is that page alone.

    Errors: OSError.
    """
    runbook = about(root, runs[-1].start.runbook)
    front = Front(standing(runs).value, _name(runs), opening)
    target.unlink(missing_ok=True)
    try:
        with tempfile.TemporaryDirectory(prefix="flipgate-results-") as scratch:
            write_results(runs, runbook, Path(scratch), kept=kept)
            return make_html(Path(scratch), target, front, root=root)
    except NotMade as error:
        _LOG.warning("%s; the plain page stands in", error)
        target.write_text(alone(front), encoding="utf-8")
        return target


def _report(ledger: Path, found: Sequence[Line], runs: Sequence[RunAccount], folder: Path) -> Path:
    _written(ledger, found, runs, folder)
    runbook = about(root_of(ledger), runs[-1].start.runbook)
    opening = sheet(runs, runbook, ledger=_state(ledger, found), kept=ledger.parent, linked=False)
    return report_of(runs, opening, folder / "report.html", root=root_of(ledger), kept=ledger.parent)


def _written(ledger: Path, found: Sequence[Line], runs: Sequence[RunAccount], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    runbook = about(root_of(ledger), runs[-1].start.runbook)
    target = folder / "index.html"
    fresh = folder / "index.html.new"
    fresh.write_text(page(runs, runbook, ledger=_state(ledger, found), kept=ledger.parent), encoding="utf-8")
    fresh.replace(target)
    write_results(runs, runbook, folder / RESULTS, kept=ledger.parent)
    return target


def _state(ledger: Path, found: Sequence[Line]) -> str:
    """Where do the records lie, and are they whole? A torn line is what a crash leaves; a broken chain is not."""
    torn = [line.number for line in found if line.record is None]
    unchained = [line.number for line in found if line.record is not None and not line.chained]
    where = ledger.absolute().relative_to(ledger.absolute().parents[3])
    state = f"chain broken at line {unchained[0]}" if unchained else "chain whole"
    return f"{where}: {len(found)} lines, {state}" + (f", {len(torn)} torn (first: {torn[0]})" if torn else "")


def _name(runs: Sequence[RunAccount]) -> str:
    gates = counted(gate for run in runs for gate in run.gates)
    rehearsal = "REHEARSAL, " if runs[-1].start.provisioned else ""
    return f"{rehearsal}{runs[-1].start.runbook} on {runs[-1].start.environment}: {reached(runs)} · {gates}"
