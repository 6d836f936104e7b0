"""The daily reconciliation reports."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_PASSED = "The last seven days all passed"
_OWN = "Each report is its own day's and its banner is borne out"
_A_DAY = timedelta(days=1)


@fault("H1", Trial("preflight", _PASSED, HOLD, told="today's report is not there yet"))
def todays_report_missing(world: World) -> Iterator[None]:
    """Today's reconciliation report has not been written."""
    world.reports.path(world.reports.today()).unlink()
    yield
    world.reports.rewrite(world.reports.today())


@fault("H4", Trial("preflight", _OWN, STOP, told="copy"))
def yesterdays_report_copied(world: World) -> Iterator[None]:
    """Today's reconciliation report is yesterday's file under today's name."""
    today = world.reports.today()
    shutil.copyfile(world.reports.path(today - _A_DAY), world.reports.path(today))
    yield
    world.reports.rewrite(today)


@fault("H1", Trial("soak", "Every day of the soak has a report that passed", HOLD, told="no report of 20"))
def missing_soak_day(world: World) -> Iterator[None]:
    """The reconciliation report of yesterday, a day of the soak, has not been written."""
    yesterday = world.reports.today() - _A_DAY
    world.reports.path(yesterday).unlink()
    yield
    world.reports.rewrite(yesterday)
