"""The only door to a browser: one page, signed in, that reads from named origins and leaves nothing behind.

Context, storage and cache are new for each visit and gone afterwards. What is no read, and every other origin, is
refused where a request leaves the page; other hosts are unknown to the browser itself. No service worker, download,
dialog, further window, web socket, trace or recording; one deadline over everything.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flipgate.core.errors import Unreachable, visible
from flipgate.safety.chromium import chromium
from flipgate.safety.procedures import READ_PROCEDURES

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, Response, Route

    from flipgate.config.environment import Gateway, Portal

SOURCE = "browser"
_VIEWPORT = (1280, 900)
_QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server")
_FAVICON = "/favicon.ico"
_SHOWN = """token => {
    const values = [...document.querySelectorAll("input, textarea")].map(field => field.value);
    return [document.documentElement.innerText, ...values].some(text => text.includes(token));
}"""


@dataclass
class Visit:
    """One page, and what became of its requests and its console.

    failed   why, by request.
    refused  how it is said, by address.
    """

    portal: Portal
    gateway: Gateway
    page: Page
    requests: int = 0
    pending: set[Request] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    def told(self, text: str) -> str:
        """How is this said? Harmlessly, and without the token."""
        return visible(text.replace(self.portal.token.reveal(), "***"))

    async def picture(self) -> bytes:
        """What does the page look like? Nothing, where it shows the token: then there is no picture to keep."""
        if await self.page.evaluate(_SHOWN, self.portal.token.reveal()):
            return b""
        return await self.page.screenshot(animations="disabled", caret="hide")

    def listen(self) -> None:
        """Note from here on what the page asks for, what fails, and what it complains of."""
        self.page.on("request", self._asked)
        self.page.on("requestfinished", self._ended)
        self.page.on("requestfailed", self._broke)
        self.page.on("response", self._answered)
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.errors.append(self.told(str(error))))
        self.page.on("dialog", _dismissed)

    async def route(self, route: Route) -> None:
        """Let a read through to an origin that is named, and nothing else."""
        if self._may_pass(route.request):
            await route.continue_()
        else:
            self.refused[route.request.url] = self._name(route.request)
            await route.abort("blockedbyclient")

    def _may_pass(self, request: Request) -> bool:
        if request.method == "POST":
            prefix = self.gateway.url.rstrip("/") + "/"
            return request.url.startswith(prefix) and request.url.removeprefix(prefix) in READ_PROCEDURES
        known = _origin(request.url) in origins(self.portal, self.gateway)
        return known and request.method in ("GET", "HEAD", "OPTIONS")

    def _asked(self, request: Request) -> None:
        self.requests += 1
        self.pending.add(request)

    def _ended(self, request: Request) -> None:
        self.pending.discard(request)

    def _broke(self, request: Request) -> None:
        self.pending.discard(request)
        if self._counts(request.url) and request.url not in self.refused:
            self.failed.setdefault(self._name(request), self.told(request.failure or "failed"))

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and self._counts(response.url):
            self.failed.setdefault(self._name(response.request), str(response.status))

    def _said(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        if message.type == "error" and url not in self.refused and urlsplit(url).path != _FAVICON:
            self.errors.append(self.told(message.text))

    def _counts(self, url: str) -> bool:
        return _origin(url) == _origin(self.portal.url) and urlsplit(url).path != _FAVICON

    def _name(self, request: Request) -> str:
        return self.told(f"{request.method} {request.url.partition('?')[0]}")


def origins(portal: Portal, gateway: Gateway) -> frozenset[str]:
    """From which origins may a page read?"""
    return frozenset(_origin(url) for url in (portal.url, gateway.url, *portal.origins))


@asynccontextmanager
async def visit(portal: Portal, gateway: Gateway, deadline_s: float) -> AsyncIterator[Visit]:
    """Through which page is the portal looked at? It is signed in, and blank until it is led somewhere.

    Errors: Unreachable: no browser, one that does not start, a page that is not there, the deadline.
    """
    from playwright.async_api import Error, async_playwright

    program = chromium()
    try:
        async with asyncio.timeout(deadline_s), async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=program, args=_arguments(portal, gateway), chromium_sandbox=os.geteuid() != 0
            )
            try:
                context = await browser.new_context(
                    service_workers="block",
                    accept_downloads=False,
                    viewport={"width": _VIEWPORT[0], "height": _VIEWPORT[1]},
                )
                yield await _signed_in(context, portal, gateway)
            finally:
                await browser.close()
    except TimeoutError:
        raise Unreachable(SOURCE, f"the visit was not over after {deadline_s:g} s") from None
    except Error as error:
        text = error.message.replace(portal.token.reveal(), "***")
        raise Unreachable(SOURCE, visible(text.partition("\n")[0])) from None


async def _signed_in(context: BrowserContext, portal: Portal, gateway: Gateway) -> Visit:
    item = f"[{json.dumps(portal.token_item)}, {json.dumps(portal.token.reveal())}]"
    here = json.dumps(_origin(portal.url))
    await context.add_init_script(f"if (location.origin === {here}) localStorage.setItem(...{item})")
    found = Visit(portal, gateway, await context.new_page())
    found.listen()
    await context.route("**/*", found.route)
    await context.route_web_socket("**/*", lambda socket: socket.close())
    context.on("page", lambda further: further.close())
    return found


def _arguments(portal: Portal, gateway: Gateway) -> list[str]:
    """Hosts that no origin names do not exist for this browser."""
    hosts = sorted({urlsplit(origin).hostname or "" for origin in origins(portal, gateway)})
    rules = ", ".join(["MAP * ~NOTFOUND", *(f"EXCLUDE {host}" for host in hosts)])
    return [*_QUIET, f"--host-resolver-rules={rules}"]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


async def _dismissed(dialog: Dialog) -> None:
    await dialog.dismiss()
