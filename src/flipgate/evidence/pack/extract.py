"""Which stretch of the ledger does a pack hold? All of it since its instance began, byte for byte.

`evidence.json` is one JSON object; each record stands on a line of its own, as in the ledger, so that the chain can be
followed. What a crash tore is kept as it is, in base64.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from flipgate.core.errors import FlipgateError, Refused, visible
from flipgate.evidence.canonical import digest
from flipgate.evidence.ledger import GENESIS
from flipgate.evidence.pack.folder import EVIDENCE
from flipgate.evidence.pack.reasons import Finding
from flipgate.evidence.records import Record, RunStart, line_of, record_of

_HEAD = re.compile(rb'\{"after":"(sha256:[0-9a-f]{64})","lines":\[\n')
_TAIL = b"\n]}\n"
_TORN = re.compile(rb'\{"torn":"([A-Za-z0-9+/=]*)"\}')


@dataclass(frozen=True)
class Extract:
    """A stretch of a ledger: its lines, and the digest of the line that came before them."""

    after: str
    lines: tuple[bytes, ...]

    @property
    def head(self) -> str:
        """Which digest has the last line?"""
        return digest(self.lines[-1]) if self.lines else self.after

    def written(self) -> bytes:
        """How does it stand in evidence.json?"""
        pairs = zip(self.lines, self._read, strict=True)
        shown = [line if record else b'{"torn":"' + base64.b64encode(line) + b'"}' for line, record in pairs]
        return b'{"after":"' + self.after.encode() + b'","lines":[\n' + b",\n".join(shown) + _TAIL

    def records(self) -> tuple[Record, ...]:
        """Which records does it hold, oldest first?"""
        return tuple(record for record in self._read if record)

    @cached_property
    def _read(self) -> tuple[Record | None, ...]:
        return tuple(_record(line) for line in self.lines)


def extract(ledger: Path) -> Extract:
    """Which stretch of this ledger belongs into a pack: since the first run of its newest instance?

    Errors: Refused where the ledger holds no run.
    """
    lines = tuple(line for line in ledger.read_bytes().split(b"\n") if line)
    starts = [(number, body) for number, line in enumerate(lines) if (body := _start(line))]
    if not starts:
        raise Refused(f"{ledger}: no run in it")
    instance = starts[-1][1].instance
    first = next(number for number, body in starts if body.instance == instance)
    return Extract(digest(lines[first - 1]) if first else GENESIS, lines[first:])


def read_extract(raw: bytes) -> tuple[Extract, tuple[Finding, ...]]:
    """Which stretch of a ledger does this evidence.json hold, and what is wrong with it?"""
    head = _HEAD.match(raw)
    if not head or not raw.endswith(_TAIL):
        return Extract(GENESIS, ()), (Finding("evidence-malformed", EVIDENCE),)
    shown = raw[head.end() : -len(_TAIL)].split(b",\n")
    found = Extract(head[1].decode(), tuple(_as_in_the_ledger(line) for line in shown))
    return found, tuple(_checked(found, shown))


def _checked(found: Extract, shown: Sequence[bytes]) -> Iterator[Finding]:
    previous = found.after
    for number, (line, written) in enumerate(zip(found.lines, shown, strict=True), start=1):
        where = f"{EVIDENCE}, record {number}"
        try:
            record = record_of(line)
        except (ValueError, TypeError, FlipgateError) as error:
            if not _TORN.fullmatch(written):
                yield Finding("record-unknown", where, visible(str(error)))
        else:
            if line_of(record) != line or _TORN.fullmatch(written):
                yield Finding("evidence-not-canonical", where)
            if record.previous != previous:
                yield Finding("anchor-differs" if number == 1 else "chain-broken", where)
        previous = digest(line)


def _as_in_the_ledger(shown: bytes) -> bytes:
    torn = _TORN.fullmatch(shown)
    if not torn:
        return shown
    try:
        return base64.b64decode(torn[1], validate=True)
    except binascii.Error:
        return shown


def _record(line: bytes) -> Record | None:
    try:
        return record_of(line)
    except (ValueError, TypeError, Refused):
        return None


def _start(line: bytes) -> RunStart | None:
    record = _record(line)
    return record.body if record and isinstance(record.body, RunStart) else None
