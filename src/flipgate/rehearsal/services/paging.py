"""Keyset pages: at most 100 records a page, and a token that says after which id the next one begins."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import grpc

from .rpc import PageRequest, RefusedError

LARGEST = 100

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Page:
    """The part of a list that is asked for: so many records after that id."""

    after: str
    size: int

    @property
    def probe(self) -> int:
        """How many rows to ask for: one more than the page holds tells whether another page follows."""
        return self.size + 1

    def cut(self, rows: Sequence[Row]) -> tuple[Sequence[Row], str]:
        """Which rows belong to the page, and which token leads on? The id is the first column."""
        kept = rows[: self.size]
        more = len(rows) > self.size
        return kept, urlsafe_b64encode(kept[-1][0].encode()).decode() if more else ""


def page(request: PageRequest) -> Page:
    """Which page is asked for? Errors: INVALID_ARGUMENT for a negative size or a token that is none of ours."""
    if request.page_size < 0:
        raise RefusedError(grpc.StatusCode.INVALID_ARGUMENT, "page_size is negative")
    try:
        after = urlsafe_b64decode(request.page_token).decode()
    except (binascii.Error, ValueError) as error:
        raise RefusedError(grpc.StatusCode.INVALID_ARGUMENT, "page_token is not one of this server's") from error
    return Page(after, min(request.page_size or LARGEST, LARGEST))
