"""What does the JSON report of a Playwright suite say of each test?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec

from flipgate.core.errors import Malformed, visible
from flipgate.safety.files import regular

SOURCE = "portal suite"
# Runbook §7.3: what the suite is run with.
GREP = re.compile("org-chart|governance", re.IGNORECASE)

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Test(msgspec.Struct, rename="camel"):
    status: str
    project_name: str = ""


class _Spec(msgspec.Struct):
    title: str
    tests: list[_Test] = []
    tags: list[str] = []


class _Suite(msgspec.Struct):
    title: str
    specs: list[_Spec] = []
    suites: list[_Suite] = []


class _Stats(msgspec.Struct, rename="camel"):
    start_time: Moment


class _Report(msgspec.Struct):
    stats: _Stats
    suites: list[_Suite]
    errors: list[msgspec.Raw] = []


def read(path: Path) -> tuple[datetime, tuple[tuple[str, str], ...], int]:
    """When did the suite begin (server time), how did each test that its grep names end, and how many errors had it?

    Errors: NoData, Unreachable, Malformed.
    """
    try:
        report = msgspec.json.decode(regular(path.parent, path.name, SOURCE), type=_Report)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Malformed(SOURCE, f"no Playwright report: {visible(str(error))}", str(path)) from None
    tests = tuple((title, status) for title, status in _tests(report.suites, "") if GREP.search(title))
    return report.stats.start_time, tests, len(report.errors)


def _tests(suites: list[_Suite], above: str) -> Iterator[tuple[str, str]]:
    for suite in suites:
        where = f"{above} › {suite.title}" if above else suite.title
        for spec in suite.specs:
            for test in spec.tests:
                words = [where, spec.title, *spec.tags, *filter(None, [test.project_name])]
                yield visible(" › ".join(words)), visible(test.status, 40)
        yield from _tests(suite.suites, where)
