"""What did the listings hold before the flip? JSON lines: a header, one line a tenant and listing, a last line.

Written whole or not at all, read line by line. Each line carries the digest of its records, so that a comparison looks
at the records themselves only where something differs.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, TypeVar

import msgspec

from flipgate.core.errors import Malformed, NoData, visible

FORMAT = 1
_Part = TypeVar("_Part", bound=msgspec.Struct)


class Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line. captured_at: world time; run: whose baseline it is."""

    format: int
    environment: str
    run: str
    captured_at: datetime
    addresses: tuple[str, ...]
    tenants: tuple[str, ...]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One listing of one tenant. raw: digest of the bytes as they came; sha256: of `records` as they stand here."""

    tenant: str
    listing: str
    count: int
    raw: str
    sha256: str
    records: msgspec.Raw


class _End(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lines: int


class Writer:
    """Takes lines, and knows the digest of the file that they make."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._digest, self._lines = file, hashlib.sha256(), 0

    def line(self, part: msgspec.Struct) -> None:
        raw = msgspec.json.encode(part) + b"\n"
        self._file.write(raw)
        self._digest.update(raw)
        self._lines += 1

    def end(self) -> str:
        """Which digest has the whole file? Nothing can follow."""
        self.line(_End(self._lines))
        return self._digest.hexdigest()


@contextmanager
def written(path: Path) -> Iterator[Writer]:
    """Where do lines go? Beside the file, and in its place once all are there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            yield Writer(file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class Baseline:
    """A captured file. Errors of all questions: NoData (no such file), Malformed."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def header(self) -> Header:
        """When, where and of which tenants was it captured?"""
        with self._opened() as file:
            header = self._part(file.readline(), Header)
        if header.format != FORMAT or header.captured_at.tzinfo is None:
            raise Malformed(str(self._path), f"a baseline of format {header.format}, {FORMAT} is read here")
        return header

    def lines(self) -> Iterator[Line]:
        """What did it capture? One line at a time; the end is checked, so that a cut-off file is seen."""
        with self._opened() as file:
            file.readline()
            count, last = 1, file.readline()
            while following := file.readline():
                yield self._part(last, Line)
                count, last = count + 1, following
            if self._part(last, _End).lines != count:
                raise Malformed(str(self._path), f"ends after {count} lines, and not where it should")

    def records(self, line: Line) -> bytes:
        """Which records does this line hold, as canonical bytes? They have to be those of its digest."""
        raw = bytes(line.records)
        if hashlib.sha256(raw).hexdigest() != line.sha256:
            raise Malformed(str(self._path), f"{line.listing} of {visible(line.tenant)} is not what was captured")
        return raw

    @contextmanager
    def _opened(self) -> Iterator[IO[bytes]]:
        try:
            with self._path.open("rb") as file:
                yield file
        except OSError as error:
            raise NoData("baseline", f"{self._path}: {error.strerror}") from error

    def _part(self, raw: bytes, kind: type[_Part]) -> _Part:
        try:
            return msgspec.json.decode(raw, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Malformed(str(self._path), f"no {kind.__name__.strip('_').lower()} of a baseline: {error}") from error
