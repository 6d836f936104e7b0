"""The only door to a browser: one page, signed in, that reads from named origins and leaves nothing behind.

Context, storage and cache are new for each visit and gone afterwards. What is no read, and every other origin, is
refused where a request leaves the page, and again outside of the browser, by the one proxy through which it reaches
anything: redirects and workers of all kinds pass there. No service worker, download, dialog, further window, web
socket, trace or recording; one deadline over everything.
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
from flipgate.safety.reading_proxy import reading_proxy

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, Response, Route

    from flipgate.config.environment import Gateway, Portal

SOURCE = "browser"
_VIEWPORT = (1280, 900)
_QUIET = ("--disable-background-networking", "--disable-component-update", "--disable-sync")
# The proxy's own address is the only one; its certificates are made for one visit, and it checks those of the systems.
_ONE_WAY_OUT = (
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--ignore-certificate-errors",
)
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
    page: Page = field(init=False)
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
        if self.may_pass(route.request.method, route.request.url):
            await route.continue_()
        else:
            self.refuse(route.request.method, route.request.url)
            await route.abort("blockedbyclient")

    def refuse(self, method: str, url: str) -> None:
        """Note that this was asked for, and not let through."""
        self.refused[url] = self._name(method, url)

    def may_pass(self, method: str, url: str) -> bool:
        """Is this a read of an origin that is named?"""
        if method == "POST":
            prefix = self.gateway.url.rstrip("/") + "/"
            return url.startswith(prefix) and url.removeprefix(prefix) in READ_PROCEDURES
        return _origin(url) in origins(self.portal, self.gateway) and method in ("GET", "HEAD", "OPTIONS")

    def _asked(self, request: Request) -> None:
        self.requests += 1
        self.pending.add(request)

    def _ended(self, request: Request) -> None:
        self.pending.discard(request)

    def _broke(self, request: Request) -> None:
        self.pending.discard(request)
        if self._counts(request.url) and request.url not in self.refused:
            self.failed.setdefault(self._name(request.method, request.url), self.told(request.failure or "failed"))

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and self._counts(response.url):
            self.failed.setdefault(self._name(response.request.method, response.url), str(response.status))

    def _said(self, message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        if message.type == "error" and url not in self.refused and urlsplit(url).path != _FAVICON:
            self.errors.append(self.told(message.text))

    def _counts(self, url: str) -> bool:
        return _origin(url) == _origin(self.portal.url) and urlsplit(url).path != _FAVICON

    def _name(self, method: str, url: str) -> str:
        return self.told(f"{method} {url.partition('?')[0]}")


def origins(portal: Portal, gateway: Gateway) -> frozenset[str]:
    """From which origins may a page read?"""
    return frozenset(_origin(url) for url in (portal.url, gateway.url, *portal.origins))


@asynccontextmanager
async def visit(portal: Portal, gateway: Gateway, deadline_s: float) -> AsyncIterator[Visit]:
    """Through which page is the portal looked at? It is signed in, and blank until it is led somewhere.

    Errors: Unreachable: no browser, one that does not start, a page that is not there, the deadline.
    """
    from playwright.async_api import Error, async_playwright

    program, found = chromium(), Visit(portal, gateway)
    try:
        async with (
            asyncio.timeout(deadline_s),
            reading_proxy(found.may_pass, found.refuse) as proxy,
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(
                executable_path=program,
                args=[*_QUIET, *_ONE_WAY_OUT],
                proxy={"server": proxy, "bypass": "<-loopback>"},
                chromium_sandbox=os.geteuid() != 0,
            )
            try:
                context = await browser.new_context(
                    service_workers="block",
                    accept_downloads=False,
                    viewport={"width": _VIEWPORT[0], "height": _VIEWPORT[1]},
                )
                await _sign_in(context, found)
                yield found
            finally:
                await browser.close()
    except TimeoutError:
        raise Unreachable(SOURCE, f"the visit was not over after {deadline_s:g} s") from None
    except Error as error:
        text = error.message.replace(portal.token.reveal(), "***")
        raise Unreachable(SOURCE, visible(text.partition("\n")[0])) from None


async def _sign_in(context: BrowserContext, found: Visit) -> None:
    portal = found.portal
    item = f"[{json.dumps(portal.token_item)}, {json.dumps(portal.token.reveal())}]"
    here = json.dumps(_origin(portal.url))
    await context.add_init_script(f"if (location.origin === {here}) localStorage.setItem(...{item})")
    found.page = await context.new_page()
    found.listen()
    await context.route("**/*", found.route)
    await context.route_web_socket("**/*", lambda socket: socket.close())
    context.on("page", lambda further: further.close())


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


async def _dismissed(dialog: Dialog) -> None:
    await dialog.dismiss()
