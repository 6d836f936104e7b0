"""How is a system behind HTTP asked, and never changed?

The only door to HTTP: GET, of paths that the probe has named, to the address of the environment file; and POST, of
procedures that only read. httpcore carries one request and nothing else, so there is no redirect, cookie, proxy
variable, netrc or decompression to switch off.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote_plus, urlencode, urlsplit

import httpcore
import msgspec

from flipgate.config.secret import Secret
from flipgate.core.errors import Malformed, NotConfigured, Refused, Unreachable, first_bytes, visible
from flipgate.safety.deadline import PunctualBackend, within
from flipgate.safety.procedures import READ_PROCEDURES, REFRESH, TENANT
from flipgate.safety.reply import JSON, Reply, TooLong
from flipgate.safety.tally import count

Params = Mapping[str, str] | Sequence[tuple[str, str]]
_NEXT_PAGE = re.compile(r'<([^<>]*)>\s*;[^,]*\brel="?next"?')
_MOST_PAGES = 100
RULES_API = "authorization.k8s.io/v1"
# Frameworks that take the method from here would make another one of a GET or POST.
_OVERRIDE = re.compile(r"_?(x-)?(http-)?method(-override)?", re.IGNORECASE)


@dataclass(frozen=True)
class Limits:
    """How long may one answer take in all, and how long may it be?"""

    deadline_s: float = 5.0
    largest: int = 16_000_000


@dataclass(frozen=True)
class Call:
    """What a procedure is called with: JSON, and the tenant for whom it is asked. No other header can be added.

    is_connect  whether it speaks the Connect protocol.
    """

    content: bytes
    tenant: str = ""
    is_connect: bool = True


@dataclass(frozen=True)
class Replica:
    """One replica of a system: `address` is what to connect to, the system's own name is what it is called."""

    system: str
    address: str


class Door:
    """GETs of one system. `paths` are the regular expressions, relative to the address, of all that it may be asked."""

    def __init__(
        self,
        source: str,
        url: str | Replica,
        paths: str,
        token: Secret | None = None,
        ca_file: str | None = None,
        limits: Limits = Limits(),
    ) -> None:
        parts = urlsplit(url.system if isinstance(url, Replica) else url)
        self.source, self.limits = f"{source} at {url.address}" if isinstance(url, Replica) else source, limits
        address = url.address if isinstance(url, Replica) else parts.netloc
        self._origin, self._prefix = f"{parts.scheme}://{address}", parts.path.rstrip("/")
        self._name, self.system = parts.hostname or "", f"{source} {address}"
        self._paths = re.compile(paths)
        own = [("Host", parts.netloc), ("User-Agent", "flipgate"), ("Accept-Encoding", "identity")]
        self._headers = [*own, *_authorization(source, token)]
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(cafile=ca_file) if parts.scheme == "https" else None,
            network_backend=PunctualBackend(),
        )

    def get(self, path: str, params: Params = (), kind: str = JSON) -> Reply:
        """What does the system answer, well and of that content type?

        Errors: Unreachable, NoData, Malformed; TooLong past the largest answer.
        """
        return self.ask(path, params, kind).wanted(kind)

    def pages(self, path: str, params: Params = ()) -> Iterator[Reply]:
        """What do all pages of this list answer? The next one is what the `Link` header names, on the same host."""
        reply = self.get(path, params)
        for _ in range(_MOST_PAGES):
            yield reply
            following = _NEXT_PAGE.search(reply.headers.get("link", ""))
            if not following:
                return
            reply = self._asked(self._same_origin(following[1], reply), JSON).wanted(JSON)
        raise Malformed(self.source, f"a list of more than {_MOST_PAGES} pages", reply.asked)

    def ask(self, path: str, params: Params = (), kind: str = "*/*") -> Reply:
        """What does the system answer, whatever its status? Errors: Unreachable, Malformed, TooLong."""
        query = urlencode(params)
        return self._asked(self._prefix + path + (f"?{query}" if query else ""), kind)

    def procedure(self, name: str, call: Call) -> Reply:
        """What does this procedure answer, whatever the status? Connect, unary: a POST of JSON.

        Errors: Refused for one that is not among the reads; Unreachable, Malformed, TooLong.
        """
        if name not in READ_PROCEDURES:
            count(self.system, refused=1)
            raise Refused(f"{self.source}: {visible(name)} is not one of the reads that flipgate may call")
        return self._asked(f"{self._prefix}/{name}", JSON, call)

    def refusal(self) -> Reply:
        """How does the refresh of the flag caches refuse this door's credential? It is asked for nothing else (§13)."""
        return self._asked(f"{self._prefix}/{REFRESH}", "*/*", Call(b""))

    def own_rules(self, namespace: str) -> Reply:
        """What may this door's credential do in a namespace of a cluster? A POST that stores nothing.

        Errors: Unreachable, NoData, Malformed.
        """
        asked = {"apiVersion": RULES_API, "kind": "SelfSubjectRulesReview", "spec": {"namespace": namespace}}
        call = Call(msgspec.json.encode(asked))
        reply = self._asked(f"{self._prefix}/apis/{RULES_API}/selfsubjectrulesreviews", JSON, call)
        return (replace(reply, status=200) if reply.status == 201 else reply).wanted(JSON)

    def _asked(self, target: str, kind: str, call: Call | None = None, method: str = "POST") -> Reply:
        path, _, query = target.partition("?")
        asked = f"GET {visible(path)}" if call is None else f"{method} {visible(path)} {first_bytes(call.content)}"
        asked += f"?{visible(unquote_plus(query), 1000)}" if query else ""
        if call is None and not self._may_ask(path, query):
            count(self.system, refused=1)
            raise Malformed(self.source, "a path outside the suite's list of reads; it was not asked", asked)
        count(self.system, calls=1)
        try:
            with within(self.limits.deadline_s):
                return self._conversation(target, kind, asked, call, "GET" if call is None else method)
        except httpcore.TimeoutException:
            raise Unreachable(self.source, f"no whole answer within {self.limits.deadline_s:g} s", asked) from None
        except httpcore.NetworkError as error:
            raise Unreachable(self.source, visible(str(error)) or "the connection broke", asked) from None
        except httpcore.ProtocolError as error:
            raise Malformed(self.source, f"not HTTP: {visible(str(error))}", asked) from None

    def _may_ask(self, path: str, query: str) -> bool:
        if any(_OVERRIDE.fullmatch(name) for name, _ in parse_qsl(query, keep_blank_values=True)):
            return False
        odd = "%" in path or "//" in path or not {".", ".."}.isdisjoint(path.split("/"))
        inside = path.startswith(self._prefix) and self._paths.fullmatch(path.removeprefix(self._prefix))
        return bool(inside) and not odd

    def _conversation(self, target: str, kind: str, asked: str, call: Call | None, method: str) -> Reply:
        headers = [*self._headers, ("Accept", kind)]
        if call is not None:
            headers += [("Content-Type", JSON)]
            headers += [("Connect-Protocol-Version", "1")] if call.is_connect else []
            headers += [(TENANT, call.tenant)] if call.tenant else []
        content = call.content if call else None
        url, named = self._origin + target, {"sni_hostname": self._name}
        with self._pool.stream(method, url, headers=headers, content=content, extensions=named) as response:
            answered = _joined(response.headers)
            if answered.get("content-encoding", "identity") != "identity":
                raise Malformed(self.source, "an encoding that was not asked for", asked)
            body = self._bounded(response.iter_stream(), asked)
        return Reply(self.source, asked, response.status, answered, body)

    def _bounded(self, chunks: Iterator[bytes], asked: str) -> bytes:
        body = bytearray()
        for chunk in chunks:
            body += chunk
            if len(body) > self.limits.largest:
                raise TooLong(self.source, f"an answer of more than {self.limits.largest} bytes", asked)
        return bytes(body)

    def _same_origin(self, link: str, reply: Reply) -> str:
        parts = urlsplit(link)
        if f"{parts.scheme}://{parts.netloc}" not in (self._origin, "://"):
            raise reply.malformed(f"its next page is on another host, {visible(parts.netloc)}")
        return f"{parts.path}?{parts.query}"


def _authorization(source: str, token: Secret | None) -> list[tuple[str, str]]:
    if token is None:
        return []
    # A driver's own error would repeat the header.
    if not re.fullmatch(r"[\x21-\x7e]+", token.reveal()):
        raise NotConfigured(source, f"{token!r} holds characters that no header can carry")
    return [("Authorization", f"Bearer {token.reveal()}")]


def _joined(raw: Sequence[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in raw:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1").strip()
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers
