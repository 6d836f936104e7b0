"""What did a server answer, and is it what was asked for?"""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn, TypeVar

import msgspec

from flipgate.core.errors import Malformed, NoAnswer, NoData, Unreachable, first_bytes, visible

T = TypeVar("T")
JSON, TEXT = "application/json", "text/plain"
_MEETING = threading.Lock()


class TooLong(Malformed):
    """The answer is longer than what is read of one: ask for less at a time."""


@dataclass(frozen=True)
class Reply:
    """A whole HTTP answer. Header names are in lower case; `asked` is the request line with its query readable."""

    source: str
    asked: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def wanted(self, kind: str) -> Reply:
        """Is this a 200 of the wanted content type?

        Errors: Unreachable for a refused credential, a rate limit and a server's own trouble; NoData for a 404;
        Malformed for all else, redirects too: none is followed.
        """
        if self.status != 200:
            raise self._complaint()
        seen = self.headers.get("content-type", "none").partition(";")[0].strip().lower()
        if seen != kind:
            raise self.malformed(f"answered with content type {visible(seen)}, {kind} is wanted")
        return self

    def _complaint(self) -> NoAnswer:
        if self.status == 429 or self.headers.get("x-ratelimit-remaining") == "0":
            retry = visible(self.headers.get("retry-after", "not said"), 40)
            return Unreachable(self.source, f"rate-limited ({self.status}; retry after: {retry})", self.asked)
        if self.status in (401, 403):
            return Unreachable(self.source, f"refused the suite's credential ({self.status})", self.asked)
        if 300 <= self.status < 400:
            to = visible(self.headers.get("location", "nowhere"))
            return Malformed(self.source, f"redirects to {to} ({self.status}); no redirect is followed", self.asked)
        kind = NoData if self.status == 404 else Unreachable if self.status >= 500 else Malformed
        return kind(self.source, f"answered {self.status}: {first_bytes(self.body)}", self.asked)

    def json(self, kind: type[T]) -> T:
        """What does the JSON body hold, checked against this type?

        Errors: Malformed: not strict JSON (equal keys, NaN, nesting without end, lone surrogates) or another shape.
        """
        try:
            json.loads(self.body, object_pairs_hook=_unequal_keys, parse_constant=_no_constant)
            return _decoder(kind).decode(self.body)
        except RecursionError:
            raise self.malformed("JSON nested too deeply") from None
        except ValueError as error:
            raise self.malformed(f"not the JSON that was asked for: {visible(str(error))}") from None

    def text(self) -> str:
        """What does the body say, as UTF-8? Errors: Malformed."""
        try:
            return self.body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise self.malformed(f"not UTF-8 at byte {error.start}") from None

    def malformed(self, seen: str) -> Malformed:
        """How is it said that this answer is of no use? With its first bytes, made harmless."""
        return Malformed(self.source, f"{seen}; it begins {first_bytes(self.body)!r}", self.asked)


def _decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    """What reads this type? Built by one thread at a time: msgspec crashes where several meet a type at once."""
    with _MEETING:
        return _built(kind)  # type: ignore[arg-type]


@functools.cache
def _built(kind: type[T]) -> msgspec.json.Decoder[T]:
    return msgspec.json.Decoder(kind)


def _unequal_keys(pairs: list[tuple[str, object]]) -> None:
    """A decoder keeps the last of two equal keys and says nothing; this pass keeps nothing and says so."""
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("an object has two equal keys")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
