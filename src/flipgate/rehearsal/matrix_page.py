"""The fault matrix as a page: the figures, each trial's gate and verdict, and the rows that nothing covers."""

from __future__ import annotations

import contextlib
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from flipgate.rehearsal.catalogue import Fault
    from flipgate.rehearsal.matrix import Outcome

# How many rows each group of the catalogue has. K is the runner's own; the others are the environment's.
GROUPS = {"A": 17, "B": 25, "C": 12, "D": 10, "E": 15, "F": 8, "G": 12, "H": 14, "I": 7, "J": 8, "K": 19}
RUNNER = "K"
_MARKED = re.compile(r"mark\.row\(([^)]*)\)")
_QUOTED = re.compile(r'"([A-K]\d+)"')


def catalogued() -> list[str]:
    """Which rows does the catalogue have?"""
    return [f"{group}{number}" for group, count in GROUPS.items() for number in range(1, count + 1)]


def tested(tests: Path) -> dict[str, list[str]]:
    """Which rows are covered by tests that are marked with them, in which files?"""
    found: dict[str, set[str]] = {}
    for path in sorted(tests.rglob("*.py")):
        for marked in _MARKED.findall(path.read_text(encoding="utf-8")):
            for row in _QUOTED.findall(marked):
                found.setdefault(row, set()).add(path.relative_to(tests.parent).as_posix())
    return {row: sorted(files) for row, files in found.items()}


class LeftOut(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row that nothing covers, and why."""

    reason: str


def left_out(path: Path) -> dict[str, str]:
    """Which rows are left out on purpose, and why?"""
    if not path.exists():
        return {}
    told = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), dict[str, LeftOut])
    return {row: entry.reason for row, entry in told.items()}


def figures(outcomes: Sequence[Outcome], wanted: int) -> list[str]:
    """What the catalogue shows, in five lines. `wanted`: how many trials there were to make."""
    stops = [one for one in outcomes if one.expected == "STOP"]
    holds = [one for one in outcomes if one.expected == "HOLD"]
    fine = [one for one in outcomes if one.expected == "GO"]
    came = {kind: Counter(one.came_out for one in some) for kind, some in (("s", stops), ("h", holds), ("g", fine))}
    wrong_go = sum(one.came_out == "GO" or one.ended.verdict == "GO" for one in (*stops, *holds))
    return [
        f"made: {sum(one.trial is not None for one in outcomes)} of {wanted} trials",
        f"wrong GO: {wrong_go} of {len(stops) + len(holds)} trials with a fault",
        f"must be STOP: {came['s']['STOP']} of {len(stops)} were STOP, {came['s']['HOLD']} HOLD",
        f"must be HOLD: {came['h']['HOLD']} of {len(holds)} were HOLD, {came['h']['STOP']} STOP",
        f"must be GO: {came['g']['GO']} of {len(fine)} were GO, {came['g']['HOLD']} HOLD, {came['g']['STOP']} STOP",
    ]


def line(outcome: Outcome) -> str:
    """One trial, as it is told while the others go on."""
    wrong = f"   <- {outcome.wrong}\n{outcome.ended.text}" if outcome.wrong else ""
    return (
        f"{outcome.stage:13} {outcome.fault:34} {outcome.expected:4} {outcome.came_out:10}"
        f" {outcome.ended.seconds:5.1f} s{wrong}"
    )


@contextlib.contextmanager
def kept(
    path: Path, wanted: int, faults: Iterable[Fault], say: Callable[[Iterable[str]], object]
) -> Iterator[Callable[[Outcome], None]]:
    """Say each outcome that comes, and in the end the figures; the page then has what was tried, also if not all was.

    `wanted` as in `figures`. Where nothing was tried the page of before stays.
    """
    outcomes: list[Outcome] = []

    def tell(outcome: Outcome) -> None:
        outcomes.append(outcome)
        say([line(outcome)])

    try:
        yield tell
    finally:
        if outcomes:
            path.write_text(page(outcomes, wanted, faults, Path.cwd()), encoding="utf-8")
            say(["", *figures(outcomes, wanted), str(path)])


def page(outcomes: Sequence[Outcome], wanted: int, faults: Iterable[Fault], root: Path) -> str:
    """The whole page, in Markdown; `wanted` as in `figures`."""
    known = {fault.name: fault for fault in faults}
    by_trial: dict[tuple[str, str, str], list[Outcome]] = {}
    for one in outcomes:
        if one.trial:
            by_trial.setdefault((one.fault, one.stage, one.trial.gate), []).append(one)
    lines = ["# The fault catalogue", "", _INTRODUCTION, "", *(f"- {line}" for line in figures(outcomes, wanted)), ""]
    for heading, is_look_alike in (("Faults", False), ("Healthy look-alikes", True)):
        lines += [f"## {heading}", "", "| rows | what is wrong | stage | gate | must be | came out |", "|" + "---|" * 6]
        for (name, stage, gate), trials in sorted(by_trial.items(), key=lambda one: _order(known[one[0][0]])):
            fault = known[name]
            if fault.is_look_alike == is_look_alike:
                came = ", ".join(f"{n} × {v}" for v, n in Counter(one.came_out for one in trials).most_common())
                lines.append(
                    f"| {' '.join(fault.rows) or '–'} | `{name}`: {fault.about} | {stage} | {gate} |"
                    f" {trials[0].expected} | {came} |"
                )
        lines.append("")
    # The catalogue of rows is that of the environment which it was written for.
    if any(fault.rows for fault in known.values()):
        lines += _coverage(list(known.values()), root)
    return "\n".join(lines) + "\n"


def _coverage(faults: list[Fault], root: Path) -> list[str]:
    covered: dict[str, list[str]] = {row: [] for row in catalogued()}
    for fault in faults:
        for row in fault.rows:
            covered[row].append(f"`{fault.name}`")
    for row, files in tested(root / "tests").items():
        covered[row] += files
    excused = left_out(root / "docs" / "faults-left-out.toml")
    service = [row for row in covered if row[0] != RUNNER]
    of_service = sum(bool(covered[row]) for row in service)
    runner = [row for row in covered if row[0] == RUNNER]
    of_runner = sum(bool(covered[row]) for row in runner)
    told = (
        f"Covered: {of_service} of {len(service)} rows of the environment, {of_runner} of {len(runner)} of the runner."
    )
    lines = ["## Rows", "", told, "", "| row | covered by |", "|---|---|"]
    lines += [f"| {row} | {', '.join(by)} |" for row, by in covered.items() if by]
    lines += ["", "## Left out", "", "| row | why |", "|---|---|"]
    lines += [f"| {row} | {excused.get(row, 'not covered yet')} |" for row, by in covered.items() if not by]
    return lines


def _order(fault: Fault) -> tuple[str, int, str]:
    first = fault.rows[0] if fault.rows else "Z0"
    return (first[0], int(first[1:]), fault.name)


_INTRODUCTION = """\
What `flipgate-rehearsal faults` printed: each fault was brought into a running environment, its stage was run as the
operator runs it, and the gate named here had to leave GO. A look-alike is healthy and only looks like the fault: its
whole stage had to stay GO. Faults that share a flip come in only once their gates were GO in the run before, so none
stands in for another; all others have a flip of their own. Each seed has its own environments, and another order."""
