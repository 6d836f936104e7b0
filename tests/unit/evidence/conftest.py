"""Ledgers to report on, and a browser that tells what a page tries."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from tests.unit.evidence.cutover import Cutover

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def cutover(tmp_path: Path) -> Cutover:
    return Cutover(tmp_path)


@pytest.fixture
def with_allure(cutover: Cutover) -> Cutover:
    """A cutover in a project where `npm ci` was run."""
    if not (PROJECT / "node_modules" / "allure").is_dir():
        pytest.skip("Allure is not installed: npm ci")
    (cutover.root / "node_modules").symlink_to(PROJECT / "node_modules")
    return cutover


@dataclass
class Visit:
    """A page in a browser, and what it tried: requests beyond its own file, dialogs."""

    page: Page
    requests: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def open(self, path: Path) -> Page:
        self.page.on("dialog", self._dismiss)
        self.page.context.on("request", lambda request: self._note(request.url))
        self.page.goto(path.as_uri())
        self.page.wait_for_load_state("networkidle")
        return self.page

    def open_steps(self, path: Path) -> Page:
        """A report, past its first page."""
        page = self.open(path)
        page.locator("label.to-steps").click()
        return page

    def _dismiss(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _note(self, url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:")):
            self.requests.append(url)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed with the module: while it is open, no other test can run an event loop of its own."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no chromium here")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    context = browser.new_context()
    yield Visit(context.new_page())
    context.close()
