"""Ways out of a page that only reads: through the whole door, and through the proxy alone, with an unguarded browser.

The witness is the servers' own log: nothing but reads arrived at the portal, nothing at all at anybody else's.
"""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from flipgate.config.environment import Gateway, Portal
from flipgate.config.secret import Secret
from flipgate.core.errors import Unreachable
from flipgate.safety.browser import Visit, visit
from flipgate.safety.chromium import chromium
from flipgate.safety.reading_proxy import reading_proxy

ITEM = "session"
READ = "upsquad.tenant.v1.TenantService/ListTeams"
# Each leaves its own mark: a path of the portal's that is written to, or one of the stranger's that is asked for.
TRIES = {
    "fetch": "fetch('/write/fetch', {method: 'POST'})",
    "put": "fetch('/write/put', {method: 'PUT', body: 'x'})",
    "delete": "fetch('/write/delete', {method: 'DELETE'})",
    "patch": "fetch('/write/patch', {method: 'PATCH', body: 'x'})",
    "keepalive": "fetch('/write/keepalive', {method: 'POST', keepalive: true, body: 'x'})",
    "xhr": "(x => {x.open('POST', '/write/xhr'); x.send('x')})(new XMLHttpRequest())",
    "beacon": "navigator.sendBeacon('/write/beacon', 'x')",
    "form": "(f => {f.method = 'post'; f.action = '/write/form'; f.target = 'aside'; f.submit()})"
    "(document.body.appendChild(document.createElement('form')))",
    "ping": "(a => {a.href = '#'; a.ping = '/write/ping'; a.click()})"
    "(document.body.appendChild(document.createElement('a')))",
    "worker": "new Worker('/worker.js?mark=worker')",
    "shared worker": "new SharedWorker('/worker.js?mark=shared')",
    "service worker": "navigator.serviceWorker.register('/worker.js?mark=service')",
    "socket": "new WebSocket('ws://' + location.host + '/write/socket')",
    "replayed": "fetch('/api/READ', {method: 'POST', body: '{}', headers: {'content-type': 'application/json'}})",
    "redirected": "fetch('/away', {mode: 'no-cors'})",
    "image": "new Image().src = 'STRANGER/image'",
    "frame": "document.body.appendChild(document.createElement('iframe')).src = 'STRANGER/frame'",
    "source": "new EventSource('STRANGER/source')",
    "script": "document.head.appendChild(document.createElement('script')).src = 'STRANGER/script'",
    "prefetch": "(l => {l.rel = 'prefetch'; l.href = 'STRANGER/prefetch'})"
    "(document.head.appendChild(document.createElement('link')))",
    "window": "window.open('STRANGER/window')",
    "import": "import('STRANGER/import').catch(() => 0)",
    "foreign socket": "new WebSocket('STRANGER/socket'.replace('http', 'ws'))",
}
WORKER = """
const mark = new URL(location).searchParams.get("mark");
fetch("/write/" + mark, {method: "POST"}).catch(() => 0);
fetch("STRANGER/" + mark, {mode: "no-cors"}).catch(() => 0);
"""


@dataclass
class Seen:
    """What arrived, by method and path."""

    portal: list[str] = field(default_factory=list)
    stranger: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def program() -> Path:
    try:
        return chromium()
    except Unreachable as error:
        pytest.skip(str(error))


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[HTTPServer, HTTPServer]]:
    with HTTPServer() as portal, HTTPServer() as stranger:
        yield portal, stranger


def prepare(servers: tuple[HTTPServer, HTTPServer]) -> tuple[str, Seen]:
    portal, stranger = servers
    portal.clear()
    stranger.clear()
    far, seen = stranger.url_for("").rstrip("/"), Seen()
    tries = ";\n".join(f"try {{ {code} }} catch {{}}" for code in TRIES.values())
    script = tries.replace("STRANGER", far).replace("READ", READ)
    over = "fetch('/last').then(() => document.title = 'over')"
    page = f"<body><iframe name=aside></iframe><script>{script}; {over}</script>"
    kinds = {"/page": (page, "text/html"), "/worker.js": (WORKER.replace("STRANGER", far), "text/javascript")}

    def answer(request: Request) -> Response:
        seen.portal.append(f"{request.method} {request.path}")
        if request.path == "/away":
            return Response("", 302, headers={"Location": f"{far}/redirected"})
        if request.path.endswith(READ):
            return Response("", 307, headers={"Location": "/write/replayed"})
        text, kind = kinds.get(request.path, ("{}", "application/json"))
        return Response(text, content_type=kind)

    def note(request: Request) -> Response:
        seen.stranger.append(f"{request.method} {request.path}")
        return Response("")

    for server, handler in ((portal, answer), (stranger, note)):
        server.expect_request(re.compile(".*")).respond_with_handler(handler)
    return portal.url_for("").rstrip("/"), seen


def blocks(url: str) -> tuple[Portal, Gateway]:
    token = Secret("t", "env:T")
    return Portal(url=url, token=token, token_item=ITEM, flows={}), Gateway(url=f"{url}/api", token=token, job="g")


@pytest.fixture(scope="module")
def through_the_door(program: Path, servers: tuple[HTTPServer, HTTPServer]) -> Seen:
    assert program.exists()
    url, seen = prepare(servers)

    async def look() -> None:
        async with visit(*blocks(url), 60) as found:
            await found.page.goto(f"{url}/page")
            await found.page.wait_for_function("document.title == 'over'")
            await found.page.wait_for_timeout(1000)

    asyncio.run(look())
    return seen


@pytest.fixture(scope="module")
def through_the_proxy(program: Path, servers: tuple[HTTPServer, HTTPServer]) -> Seen:
    """A browser without any guard of its own: nothing but the proxy stands in the way."""
    url, seen = prepare(servers)
    asyncio.run(looked(program, url, Visit(*blocks(url))))
    return seen


async def looked(program: Path, url: str, guard: Visit) -> str:
    from playwright.async_api import async_playwright

    async with reading_proxy(guard.may_pass, guard.refuse) as proxy, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program,
            proxy={"server": proxy, "bypass": "<-loopback>"},
            args=["--ignore-certificate-errors"],
            chromium_sandbox=os.geteuid() != 0,
        )
        page = await browser.new_page()
        await page.goto(f"{url}/page")
        await page.wait_for_function("document.title == 'over'")
        await page.wait_for_timeout(1000)
        text = await page.inner_text("body")
        await browser.close()
        return text


@pytest.mark.parametrize("layer", ["through_the_door", "through_the_proxy"])
@pytest.mark.parametrize("name", TRIES)
def test_a_page_cannot_write_or_reach_a_stranger(request: pytest.FixtureRequest, layer: str, name: str) -> None:
    seen: Seen = request.getfixturevalue(layer)
    mark = name.split(maxsplit=1)[0]
    assert "GET /page" in seen.portal
    assert [one for one in seen.portal if one.endswith(f"/write/{mark}")] == []
    assert [one for one in seen.stranger if one.endswith(f"/{mark}")] == []


@pytest.mark.parametrize("layer", ["through_the_door", "through_the_proxy"])
def test_what_arrived_was_read_and_nothing_else(request: pytest.FixtureRequest, layer: str) -> None:
    seen: Seen = request.getfixturevalue(layer)
    assert seen.stranger == []
    assert {one for one in seen.portal if not one.startswith("GET ")} <= {f"POST /api/{READ}"}
    assert f"POST /api/{READ}" in seen.portal


def test_an_encrypted_portal_is_read_and_its_writes_are_seen(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy opens what is encrypted, and believes only a certificate that the machine trusts."""
    trusted = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(trusted)
    with HTTPServer(ssl_context=context) as portal, HTTPServer() as stranger:
        url, seen = prepare((portal, stranger))
        guard = Visit(*blocks(url))
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        assert asyncio.run(looked(program, url, guard)) is not None
        assert "GET /page" in seen.portal
        assert [one for one in seen.portal if "/write/" in one] == []
        assert seen.stranger == []
        monkeypatch.delenv("SSL_CERT_FILE")
        from playwright.async_api import Error

        with pytest.raises(Error, match="ERR_"):
            asyncio.run(looked(program, url, guard))


def certificate(folder: Path) -> Path:
    """A certificate for localhost that nobody trusts yet, with its key."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=True)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path = folder / "certificate.pem"
    path.write_bytes(private + made.public_bytes(pem))
    return path
