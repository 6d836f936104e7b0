"""What stands in place of a credential, wherever text leaves the process?

A credential is known here, by its value, from the moment it is resolved; each is looked for in every form that it takes
on its way out: as it is, URL-, JSON- and HTML-escaped, in base64 at each of the three offsets, in hex. Beside them goes
whatever is called like a credential: headers, cookies, DSNs, parameters of URLs, keys of JSON.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote, quote_plus

MASK = "***"
# Shorter ones occur by chance, and would mask what the reader needs.
LEAST_LENGTH = 8
Tree = object

_NAMES = r"(?:[a-z0-9]+[_-])*(?:token|password|passwd|pwd|secret|api[_-]?key|private[_-]?key|credentials?)"
_HEADERS = r"(?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-auth-token|x-amz-security-token"
_KEY = re.compile(rf"(?:{_NAMES}|{_HEADERS})", re.IGNORECASE)
_CALLED = (
    re.compile(
        rf"\b({_HEADERS})(\"?'?\s*[:=]\s*\"?'?|['\"],\s*b?['\"])(?=\S)(?!\*\*\*)[^\r\n\"',;)]+(?:;[^\r\n\"',)]*)?",
        re.IGNORECASE,
    ),
    re.compile(r"\b(bearer|basic)(\s+)(?=[\w.~+/=-]*\d)[\w.~+/=-]{8,}", re.IGNORECASE),
    re.compile(r"(://[^\s/:@\"'<>]*)(:)(?!\*\*\*@)[^\s/@\"'<>]+(?=@)"),
    re.compile(rf"\b({_NAMES})(=|\"\s*:\s*\"|'\s*:\s*')(?!\*\*\*)[^\s&\"'#<>;,)\]}}]+", re.IGNORECASE),
)
_SUSPICIOUS = (
    *("token", "passw", "pwd", "secret", "api", "key", "credential"),
    *("authorization", "cookie", "bearer", "basic", "://"),
)


class Known:
    """The credentials that this process holds, by what they are called in configuration."""

    def __init__(self) -> None:
        self._forms: dict[str, frozenset[str]] = {}
        self._pattern: re.Pattern[str] | None = None
        self.too_short: set[str] = set()

    def learn(self, value: str, reference: str) -> None:
        """Take note of a credential; what is shorter than LEAST_LENGTH is only noted as too short to be looked for."""
        if len(value) < LEAST_LENGTH:
            self.too_short.add(reference)
        elif value not in self._forms.get(reference, ()):
            self._forms[reference] = self._forms.get(reference, frozenset()) | forms(value)
            self._pattern = None

    @property
    def references(self) -> tuple[str, ...]:
        """Which credentials are looked for? By their references."""
        return tuple(sorted(self._forms))

    def found_in(self, raw: bytes) -> tuple[str, ...]:
        """Which of them stand in these bytes, in whichever form? By their references."""
        return tuple(ref for ref in self.references if any(form.encode() in raw for form in self._forms[ref]))

    def stand_in(self, text: str) -> bool:
        """Does any of them stand in this text?"""
        return any(form in text for some in self._forms.values() for form in some)

    def masked(self, text: str) -> str:
        """How does this text read without them?"""
        if not self.stand_in(text):
            return text
        if self._pattern is None:
            written = sorted({form for some in self._forms.values() for form in some}, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, written)))
        return self._pattern.sub(MASK, text)


KNOWN = Known()


def redacted(text: str) -> str:
    """How does this text read without what is, or is called like, a credential?

    >>> redacted("GET /x?access_token=abc123 HTTP/1.1")
    'GET /x?access_token=*** HTTP/1.1'
    """
    return _uncalled(KNOWN.masked(text))


def redacted_tree(tree: Tree) -> Tree:
    """How does this JSON read without credentials, in its texts, in its keys, and under keys called like one?

    Cost: about 0.1 s a megabyte.
    """
    whole = json.dumps(tree, ensure_ascii=False, default=str)
    return _walked(tree, redacted if KNOWN.stand_in(whole) else _uncalled)


def _walked(tree: Tree, said: Callable[[str], str]) -> Tree:
    if isinstance(tree, str):
        return said(tree)
    if isinstance(tree, Mapping):
        return {said(str(key)): _under(str(key), value, said) for key, value in tree.items()}
    return [_walked(value, said) for value in tree] if isinstance(tree, list) else tree


def _under(key: str, value: Tree, said: Callable[[str], str]) -> Tree:
    return MASK if isinstance(value, str) and value and _KEY.fullmatch(key) else _walked(value, said)


def _uncalled(text: str) -> str:
    low = text.lower()
    if any(word in low for word in _SUSPICIOUS):
        for pattern in _CALLED:
            text = pattern.sub(rf"\g<1>\g<2>{MASK}", text)
    return text


def forms(value: str) -> frozenset[str]:
    """In which forms may this credential leave the process?"""
    written = set(_escaped(value))
    encoded = {core for text in written for core in _base64_cores(text.encode())}
    as_hex = value.encode().hex()
    return frozenset(form for form in written | encoded | {as_hex, as_hex.upper()} if len(form) >= LEAST_LENGTH)


def _escaped(value: str) -> Iterator[str]:
    yield value
    for text in (quote(value), quote(value, safe=""), quote_plus(value)):
        yield text
        yield re.sub("%..", lambda found: found[0].lower(), text)
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield html.escape(value, quote=False)
    yield html.escape(value)
    yield html.escape(value).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")


def _base64_cores(raw: bytes) -> Iterator[str]:
    """What is certain to stand in the base64 of anything that holds these bytes? Whatever came before and after."""
    for before in range(3):
        first = -(-before * 8 // 6)
        whole = (before + len(raw)) * 8 // 6
        core = base64.b64encode(bytes(before) + raw).decode()[first:whole]
        yield core
        yield core.replace("+", "-").replace("/", "_")
