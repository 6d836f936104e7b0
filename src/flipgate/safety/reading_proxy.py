"""What leaves a browser, whatever in it asks: a page, a redirect, a worker of any kind, a socket?

The filter stands outside of the browser, which knows no other way out: requests that may pass are carried, one at a
time, and all others end here. What is encrypted is opened with a certificate that exists for one visit; towards the
system the proxy checks certificates as always.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flipgate.safety.one_visit import certificate_for
from flipgate.safety.tally import count

if TYPE_CHECKING:
    import h11

SYSTEM = "browser"
MayPass = Callable[[str, str], bool]
_CONNECT_S, _LARGEST_BODY, _LARGEST_ANSWER, _READ = 5.0, 100_000, 64_000_000, 65_536
_HOP = {b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"te", b"trailer", b"upgrade"}
_FRAMING = b"transfer-encoding"


@asynccontextmanager
async def reading_proxy(may_pass: MayPass, refused: Callable[[str, str], None]) -> AsyncIterator[str]:
    """At which address does a proxy listen that carries what may pass?

    `refused` is told of what a page or its workers asked for in vain; what a browser asks for itself, its maker's
    updates for one, is refused without a word.
    """
    proxy = _Proxy(may_pass, refused)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for conversation in proxy.conversations:
            conversation.cancel()
        await asyncio.gather(*proxy.conversations, return_exceptions=True)


class _End:
    """One side of a conversation in HTTP/1.1."""

    def __init__(self, role: type[h11.CLIENT | h11.SERVER], reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        import h11

        self.reader, self.writer, self.state = reader, writer, h11.Connection(role)

    async def event(self) -> object:
        import h11

        while (event := self.state.next_event()) is h11.NEED_DATA:
            self.state.receive_data(await self.reader.read(_READ))
        return event

    async def body(self, largest: int) -> AsyncIterator[bytes]:
        import h11

        seen = 0
        while isinstance(event := await self.event(), h11.Data):
            seen += len(event.data)
            if seen > largest:
                raise h11.RemoteProtocolError("longer than what is carried")
            yield bytes(event.data)

    async def send(self, *events: h11.Event) -> None:
        for event in events:
            self.writer.write(self.state.send(event) or b"")
        await self.writer.drain()


class _Proxy:
    def __init__(self, may_pass: MayPass, refused: Callable[[str, str], None]) -> None:
        self._may_pass, self._refused = may_pass, refused
        self.conversations: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        import h11

        task = asyncio.current_task()
        assert task is not None
        self.conversations.add(task)
        try:
            await self._conversation(_End(h11.SERVER, reader, writer))
        except (OSError, h11.ProtocolError, asyncio.IncompleteReadError, TimeoutError):
            pass  # an end without an answer: the browser says so itself
        finally:
            self.conversations.discard(task)
            writer.close()

    async def _conversation(self, browser: _End) -> None:
        """Each request in turn. After a CONNECT the same conversation goes on inside of an encrypted connection."""
        import h11

        base = ""
        while isinstance(request := await browser.event(), h11.Request):
            target = request.target.decode("latin-1")
            if request.method == b"CONNECT":
                base = f"https://{target.removesuffix(':443')}"
                if not self._may_pass("GET", f"{base}/"):
                    return await self._refuse(browser, request, base)
                browser = await _opened(browser, urlsplit(base).hostname or "")
                continue
            method, url = request.method.decode("latin-1"), base + target
            if any(name == b"upgrade" for name, _ in request.headers) or not self._may_pass(method, url):
                return await self._refuse(browser, request, url)
            await _carry(browser, request, url)
            if browser.state.our_state is not h11.DONE:
                return None
            browser.state.start_next_cycle()
        return None

    async def _refuse(self, browser: _End, request: h11.Request, url: str) -> None:
        import h11

        if any(name in (b"origin", b"referer") for name, _ in request.headers):
            self._refused(request.method.decode("latin-1"), url)
            count(SYSTEM, refused=1)
        headers = [("Content-Length", "0"), ("Connection", "close")]
        await browser.send(h11.Response(status_code=403, headers=headers), h11.EndOfMessage())


async def _opened(browser: _End, host: str) -> _End:
    import h11

    certificate = await asyncio.to_thread(certificate_for, host)
    await browser.send(h11.Response(status_code=200, headers=[]))
    await browser.writer.start_tls(certificate)
    return _End(h11.SERVER, browser.reader, browser.writer)


async def _carry(browser: _End, request: h11.Request, url: str) -> None:
    """Ask the system this one thing, over a connection of its own, and hand its answer on."""
    import h11

    parts = urlsplit(url)
    body = b"".join([piece async for piece in browser.body(_LARGEST_BODY)])
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    secure = ssl.create_default_context() if parts.scheme == "https" else None
    port = parts.port or (443 if secure else 80)
    async with asyncio.timeout(_CONNECT_S):
        reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=secure)
    try:
        system = _End(h11.CLIENT, reader, writer)
        headers = [*_carried(request), (b"Connection", b"close")]
        asked = h11.Request(method=request.method, target=path, headers=headers)
        await system.send(asked, *([h11.Data(data=body)] if body else []), h11.EndOfMessage())
        count(SYSTEM, calls=1)
        answer = await system.event()
        while isinstance(answer, h11.InformationalResponse):
            answer = await system.event()
        if not isinstance(answer, h11.Response) or answer.status_code == 101:
            raise h11.RemoteProtocolError("no answer")
        await browser.send(h11.Response(status_code=answer.status_code, headers=_carried(answer), reason=answer.reason))
        async for piece in system.body(_LARGEST_ANSWER):
            await browser.send(h11.Data(data=piece))
        await browser.send(h11.EndOfMessage())
    finally:
        writer.close()


def _carried(message: h11.Request | h11.Response) -> list[tuple[bytes, bytes]]:
    """The headers without those that belong to one connection; how long a body is, is said anew."""
    return [(name, value) for name, value in message.headers if name not in _HOP and name != _FRAMING]
