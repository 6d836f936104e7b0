"""The smoke suite, `pytest -m post_deploy`: plain tests against a gateway, and a verdict all the same.

It has neither environment nor ledger, so the verdict is computed from what each collected test came to; pytest's own
codes do not mean GO here either: skipped, deselected, excused or nothing at all is HOLD.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Mapping
from pathlib import Path

import pytest

from flipgate.core.errors import Refused, Stopped
from flipgate.core.verdict import Verdict, worst

SMOKE = "post_deploy"
FOLDER = Path("tests", "smoke")
URL_SETTING = "SMOKE_GATEWAY_URL"


def refuse_unnamed(environ: Mapping[str, str]) -> None:
    """Is the gateway named where nobody looks at a skip?

    Errors: Refused, in CI.
    """
    if environ.get("CI") == "true" and not environ.get(URL_SETTING):
        raise Refused(f"in CI the gateway is named: {URL_SETTING}")


class Smoke:
    """What came of each smoke test. A later pass takes nothing back."""

    def __init__(self) -> None:
        self._collected: tuple[str, ...] = ()
        self._seen: dict[str, Verdict] = {}

    @property
    def verdict(self) -> Verdict:
        """What do all tests make that were collected, whatever was deselected then? HOLD for one that did not run."""
        return worst(self._seen.get(test, Verdict.HOLD) for test in self._collected)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        self._collected = tuple(item.nodeid for item in items)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if call.excinfo is not None:
            self._take(item, Verdict.STOP if call.excinfo.errisinstance(Stopped) else Verdict.HOLD)
        elif call.when == "call":
            self._take(item, Verdict.GO)
        return report

    def told(self) -> str:
        """How is the verdict said?"""
        went = sum(self._seen.get(test) is Verdict.GO for test in self._collected)
        gateway = os.environ.get(URL_SETTING) or f"no gateway ({URL_SETTING} is not set)"
        return f"{self.verdict.value}  {SMOKE} at {gateway}: {went} GO of {len(self._collected)} tests"

    def _take(self, item: pytest.Item, verdict: Verdict) -> None:
        self._seen[item.nodeid] = worst((verdict, self._seen.get(item.nodeid, Verdict.GO)))
