"""flipgate reconcile: writes the report of a day."""

from __future__ import annotations

import os
import re
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from flipgate.core.errors import NoAnswer, Refused, visible
from flipgate.core.report_text import parsed
from flipgate.core.verdict import Verdict
from flipgate.reconcile import days, index, report
from flipgate.reconcile.figures import BASELINE, Comparison
from flipgate.reconcile.folder import Folder
from flipgate.reconcile.progress import progress
from flipgate.reconcile.target import Target, target

ENVIRONMENTS = "environments"


@dataclass(frozen=True)
class Written:
    """One report as it lies in its folder. `kept`: the same was there already."""

    report: report.DailyReport
    path: Path
    kept: bool


def reconcile(
    env: Annotated[str, typer.Option(envvar="FLIPGATE_ENV", help="the environment, by its file's name")] = "",
    output_dir: Annotated[Path | None, typer.Option(help="where the reports lie, if not where the file says")] = None,
    date_: Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="the UTC day; today without it")] = "",
    *,
    baseline: Annotated[bool, typer.Option("--baseline", help="stamp of an empty cluster; asks no database")] = False,
    metrics_file: Annotated[Path | None, typer.Option(help="the figures as Prometheus text")] = None,
) -> None:
    """Compare the legacy tables with their mirror and write the day's report. DATABASE_URL may name the database.

    Exit status: 0 for PASS, 20 for FAIL, 30 where nothing could be compared or written.
    """
    with target(env, output_dir, Path(ENVIRONMENTS), os.environ) as meant:
        now = meant.clock.now()
        day = _day(date_, now)
        if not baseline and meant.postgres is None:
            raise Refused("no database: name an environment that has one with --env, or set DATABASE_URL")
        meant.folder.prepare()
        began = time.monotonic()
        seen = BASELINE if baseline else _compared(meant)
        written = write(meant, day, seen, meant.clock.now())
        if metrics_file:
            from flipgate.reconcile.metrics import exposition

            content = exposition(written.report, now, time.monotonic() - began)
            Folder(metrics_file.parent).write(metrics_file.name, content)
    typer.echo(_told(written))
    if seen.gate != "PASS":
        sys.exit(Verdict.STOP.exit_status)


def write(meant: Target, day: date, seen: Comparison, now: datetime) -> Written:
    """Write a day's report and the folder's index. A report that would only differ in its time is left as it is.

    Errors: Refused where an older file cannot be read or a new one cannot be written; nothing is then half written.
    """
    past = days.Past(meant.folder, seen.since)
    today = days.of_comparison(day, seen)
    made = report.DailyReport(_origin(meant, seen), seen, past.window(today), past.streak(today))
    name = f"{day}.md"
    kept = _kept(meant.folder, made, now)
    if not kept:
        meant.folder.write(name, made.text(now).encode())
    meant.folder.write(index.NAME, index.page(past, today).encode())
    return Written(made, meant.folder.path / name, kept)


def _compared(meant: Target) -> Comparison:
    from flipgate.reconcile.comparison import ANSWER_S, WORK_MEM_MB, Comparer
    from flipgate.safety.postgres import Door

    assert meant.postgres is not None
    door = Door(meant.postgres, ANSWER_S, WORK_MEM_MB)
    try:
        with progress(sys.stderr) as told:
            return Comparer(door, meant.clock, told).compared()
    except NoAnswer as error:
        raise Refused(str(error)) from error
    finally:
        door.close()


def _kept(folder: Folder, made: report.DailyReport, now: datetime) -> bool:
    """Is the very same report there already, written earlier?"""
    with suppress(NoAnswer):
        content = folder.read(f"{made.today.date}.md")
        written_at = parsed(made.today.date, content).generated_at
        return written_at is not None and written_at <= now and content == made.text(written_at).encode()
    return False


def _origin(meant: Target, seen: Comparison) -> report.Origin:
    found = meant.environment
    database = meant.postgres.dbname if meant.postgres and not seen.baseline else ""
    return report.Origin(found.name if found else "", found.tier if found else "", database)


def _day(stated: str, now: datetime) -> date:
    today = now.astimezone(UTC).date()
    if not stated:
        return today
    try:
        day = date.fromisoformat(stated) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", stated) else None
    except ValueError:
        day = None
    if day is None:
        raise Refused(f"--date {visible(stated, 40)!r}: a day as YYYY-MM-DD is wanted")
    if day > today:
        raise Refused(f"--date {day} lies in the future: today is {today} (UTC)")
    return day


def _told(written: Written) -> str:
    made = written.report
    kept = ", as it was" if written.kept else ""
    return (
        f"{made.seen.gate}: tenants scanned {made.seen.scanned}, with drift {made.seen.drifting};"
        f" rows that differ {made.today.drift}; clean days in a row {made.streak_days}\n{written.path}{kept}"
    )
