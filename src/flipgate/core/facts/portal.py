"""What does the portal show, and what does the API answer?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Picture:
    """A picture that a run keeps beside its ledger: the name of its file, and the digest of its bytes."""

    picture: str
    sha256: str


@dataclass(frozen=True)
class PageSeen:
    """One flow in a browser, beside the API's answer of the same minute.

    shown, listed    records on the page, over all its pages, and of the API.
    missing, added   records that only the API, or only the page has; the names are those of the first of them.
    pending          requests of the page that were still without an answer when it was given up.
    console_errors   errors of the console and uncaught ones; requests that the suite itself refused are none.
    failed_requests  of the portal's own origin; a missing favicon is none.
    refused          requests that the suite did not let through: another origin, or no read.
    picture          None where none was kept; `unpictured` says why.
    """

    url: str
    pages: int
    shown: int
    listed: int
    missing: int
    missing_names: tuple[str, ...]
    added: int
    added_names: tuple[str, ...]
    requests: int
    pending: int
    console_errors: tuple[str, ...]
    failed_requests: tuple[str, ...]
    refused: tuple[str, ...]
    picture: Picture | None
    unpictured: str = ""


@dataclass(frozen=True)
class SuiteSeen:
    """The portal team's own suite, by its report.

    tests     of the flow: title, and "expected", "unexpected", "flaky", "skipped" or another word.
    errors    of the run itself, outside any test.
    not_before  a run that began earlier says nothing of the flip.
    """

    began_at: datetime
    not_before: datetime
    tests: tuple[tuple[str, str], ...]
    errors: int


@dataclass(frozen=True)
class FlowSeen:
    """One flow of the portal, by a browser of the suite's own or by the report of the portal team's suite."""

    flow: str
    page: PageSeen | None = None
    suite: SuiteSeen | None = None
