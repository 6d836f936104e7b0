"""What does the text of a daily reconciliation report say? (format: docs/reconciliation-reports.md)"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from flipgate.core.errors import visible
from flipgate.core.facts.reports import Report
from flipgate.core.report_block import Block, block

MET = "✅ 7-day zero-delta gate: MET. Phase 2 cutover is unblocked from the reconciliation side."
OTHER_DRIFT = ("other drift in org_units", "other drift in org_unit_memberships")
COUNTS = ("tenants scanned", "tenants with drift", "missing org_units rows", "missing org_unit_memberships rows")
_HEADING = re.compile(r"^#{1,6}\s.*?(\d{4}-\d{2}-\d{2})\b")
_GENERATED = re.compile(r"^Generated:\s*(\S+)\s*$", re.IGNORECASE)
_STREAK = re.compile(r"^Consecutive clean days:\s*(\d{1,6})\s*$", re.IGNORECASE)
_UNLISTED = re.compile(r"^Tenants not listed:\s*(\d{1,9})\s*$", re.IGNORECASE)
_ENVIRONMENT = re.compile(r"^Environment:\s*([a-z][a-z0-9_-]{0,40})\s*$", re.IGNORECASE)
_NOT_MET = re.compile(r"\bNOT MET\b")
_RULE = re.compile(r"^:?-+:?$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)

Row = tuple[str, ...]
Table = tuple[Row, list[Row]]


@dataclass
class _Reading:
    """The lines that count, the tables among them, and what is wrong so far."""

    lines: list[str]
    tables: list[Table]
    problems: list[str]


def parsed(file_date: date, content: bytes) -> Report:
    """What does this file say, as a report of that day? Whatever is wrong with it is among its problems."""
    digest = hashlib.sha256(content).hexdigest()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return unreadable(file_date, f"not UTF-8 at byte {error.start}", digest)
    text = text.replace("\r\n", "\n")
    lines = list(_outside_code(_COMMENT.sub("", text).split("\n")))
    reading = _Reading(lines, list(_tables(lines)), [])
    figures, gate = _summary(reading)
    report = Report(
        file_date=file_date,
        heading_date=_heading(reading),
        generated_at=_generated(reading),
        figures=figures,
        gate=gate,
        tenants=_tenants(reading),
        window=_window(reading),
        streak_days=_streak(reading),
        banner=_banner(reading),
        sha256=digest,
        problems=(),
        environment=_stated(reading, "`Environment:`", _ENVIRONMENT) or "",
        unlisted=int(_stated(reading, "`Tenants not listed:`", _UNLISTED) or 0),
    )
    report = replace(report, problems=tuple(reading.problems))
    found = block(text.split("\n"))
    return _beside(found, report) if found else report


def _beside(block: Block, report: Report) -> Report:
    """The report beside its own block: where they differ, the worse of both is what it says."""
    told = block.figures
    counts = told.get("figures")
    counts = {name: count for name, count in counts.items() if type(count) is int} if isinstance(counts, dict) else {}
    said = {
        "date": str(report.heading_date),
        "environment": report.environment,
        "gate": report.gate,
        "streak_days": report.streak_days,
        "figures": report.figures,
    }
    differing = [name for name, value in said.items() if told and told.get(name) != value]
    disagreement = [f"its block of figures and its text differ in {', '.join(differing)}"] if differing else []
    drift = {name: count for name, count in counts.items() if name in (*COUNTS[1:], *OTHER_DRIFT)}
    worse = {name: max(count, report.figures.get(name, 0)) for name, count in drift.items()}
    return replace(
        report,
        figures=report.figures | worse,
        gate="FAIL" if told.get("gate") == "FAIL" else report.gate,
        environment=report.environment or visible(str(told.get("environment") or ""), 40),
        problems=(*report.problems, *block.problems, *disagreement),
    )


def unreadable(file_date: date, problem: str, sha256: str = "") -> Report:
    """How is a file stated that cannot be read as a report at all?"""
    return Report(file_date, None, None, {}, "", (), (), None, "absent", sha256, (problem,))


def _outside_code(lines: list[str]) -> Iterator[str]:
    """What stands in a code block is an example, not a statement."""
    fence = ""
    for line in lines:
        mark = _FENCE.match(line)
        if mark and mark[1].startswith(fence):
            fence = "" if fence else mark[1]
        elif not fence and not line.startswith(("    ", "\t")):
            yield line.rstrip()


def _tables(lines: list[str]) -> Iterator[Table]:
    for number, line in enumerate(lines[1:], start=1):
        rule, header = _cells(line), tuple(cell.casefold() for cell in _cells(lines[number - 1]))
        if rule and len(rule) == len(header) and all(_RULE.match(cell) for cell in rule):
            rows = []
            for following in lines[number + 1 :]:
                if not (row := _cells(following)):
                    break
                rows.append(row)
            yield header, rows


def _cells(line: str) -> Row:
    line = line.strip()
    if not line.startswith("|"):
        return ()
    return tuple(cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|"))


def _only(reading: _Reading, what: str, found: list[Table]) -> Table | None:
    if len(found) > 1:
        reading.problems.append(f"{len(found)} {what} tables")
    return found[0] if len(found) == 1 else None


def _summary(reading: _Reading) -> tuple[dict[str, int], str]:
    table = _only(reading, "summary", [one for one in reading.tables if one[0][:2] == ("metric", "value")])
    if table is None:
        reading.problems.append("no single summary table")
        return {}, ""
    rows = [(row[0].casefold(), row[1] if len(row) > 1 else "") for row in table[1]]
    names = [name for name, _ in rows]
    if twice := {name for name in names if names.count(name) > 1 and name in (*COUNTS, *OTHER_DRIFT, "gate")}:
        reading.problems.append(f"the summary repeats {', '.join(sorted(twice))}")
    figures = {
        name: count
        for name, text in rows
        if name in (*COUNTS, *OTHER_DRIFT) and (count := _count(reading, name, text)) is not None
    }
    gate = next((text for name, text in rows if name == "gate"), "")
    if gate.upper() not in ("PASS", "FAIL"):
        reading.problems.append(f"the gate says {visible(gate, 40)!r}, PASS or FAIL is wanted")
    return figures, visible(gate, 40)


def _tenants(reading: _Reading) -> tuple[tuple[str, int], ...]:
    found = [one for one in reading.tables if one[0][0].startswith("tenant") and "date" not in one[0]]
    table = _only(reading, "per-tenant", found)
    if table is None:
        return ()
    columns = _drift_columns(reading, "per-tenant", table)
    return tuple((visible(row[0]), _sum(reading, row, columns) or 0) for row in table[1])


def _window(reading: _Reading) -> tuple[tuple[date, str, int | None], ...]:
    table = _only(reading, "seven-day", [one for one in reading.tables if one[0][:2] == ("date", "gate")])
    if table is None:
        reading.problems.append("no single seven-day table")
        return ()
    columns = _drift_columns(reading, "seven-day", table)
    rows = []
    for row in table[1]:
        day, word = _day(row[0]), row[1] if len(row) > 1 else ""
        if day is None:
            reading.problems.append(f"the seven-day table has a row of {visible(row[0], 40)!r}")
            continue
        absent = word.casefold() == "no report"
        rows.append((day, visible(word, 40), None if absent else _sum(reading, row, columns)))
    return tuple(rows)


def _drift_columns(reading: _Reading, what: str, table: Table) -> list[int]:
    columns = [number for number, name in enumerate(table[0]) if "missing" in name or "drift" in name]
    if not columns:
        reading.problems.append(f"the {what} table has no column of drift")
    return columns


def _sum(reading: _Reading, row: Row, columns: list[int]) -> int | None:
    counts = [_count(reading, visible(row[0], 40), row[column] if column < len(row) else "") for column in columns]
    return sum(count for count in counts if count is not None) if any(count is not None for count in counts) else None


def _count(reading: _Reading, name: str, text: str) -> int | None:
    if re.fullmatch(r"-?[0-9]{1,15}", text):
        return int(text)
    reading.problems.append(f"{name}: {visible(text, 40)!r} is no whole number")
    return None


def _matched(reading: _Reading, what: str, pattern: re.Pattern[str]) -> str | None:
    found = _stated(reading, what, pattern)
    if found is None and not any(pattern.match(line) for line in reading.lines):
        reading.problems.append(f"no {what} line")
    return found


def _stated(reading: _Reading, what: str, pattern: re.Pattern[str]) -> str | None:
    """What a line says that a report may do without; twice is a problem."""
    found = [match[1] for line in reading.lines if (match := pattern.match(line))]
    if len(found) > 1:
        reading.problems.append(f"{len(found)} {what} lines")
    return found[0] if len(found) == 1 else None


def _heading(reading: _Reading) -> date | None:
    dates = [match[1] for line in reading.lines if (match := _HEADING.match(line))]
    if not dates:
        reading.problems.append("no heading with a date")
    return _day(dates[0]) if dates else None


def _generated(reading: _Reading) -> datetime | None:
    text = _matched(reading, "`Generated:`", _GENERATED)
    try:
        at = datetime.fromisoformat(text) if text else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or at.utcoffset():
        reading.problems.append("no `Generated:` time in UTC")
        return None
    return at.astimezone(UTC)


def _streak(reading: _Reading) -> int | None:
    text = _matched(reading, "`Consecutive clean days:`", _STREAK)
    return int(text) if text else None


def _banner(reading: _Reading) -> str:
    """A line of its own, to the letter: quoted or told in prose, it is no banner."""
    met = MET in reading.lines
    not_met = any(_NOT_MET.search(line) for line in reading.lines if not line.lstrip().startswith((">", "|")))
    return "both" if met and not_met else "met" if met else "not met" if not_met else "absent"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None
