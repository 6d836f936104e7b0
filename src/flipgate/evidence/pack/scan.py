"""Is there a credential anywhere in these bytes: as it is, split by line ends, or inside an archive, a picture, base64?

The last look before a pack is sealed. It knows the credentials of the environment by their values, and every other by
the way it is written.
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from flipgate.core.redaction import KNOWN

_DEEPEST = 4
_LARGEST_PART = 64_000_000
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{32,}={0,2}")
_PNG = b"\x89PNG\r\n\x1a\n"
_BLANK = re.compile(rb"\s+")
# Each begins with letters of its own: that is what makes a search through megabytes quick.
SHAPES = {
    "a private key": re.compile(rb"PRIVATE KEY-----\s*[A-Za-z0-9+/]{16}"),
    "a token of a code host": re.compile(rb"gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}"),
    "a token of a chat": re.compile(rb"xox[abprs]-[A-Za-z0-9-]{10,}"),
    "a key of a cloud": re.compile(rb"AKIA[0-9A-Z]{16}(?![0-9A-Za-z+/])"),
    "a signed token": re.compile(rb"eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}"),
    "a password in an address": re.compile(rb"://[\w.~%-]{1,64}:(?!\*\*\*@)[^\s/@:\"'<>`\\]{4,64}@[\w.-]+"),
}


@dataclass(frozen=True)
class Hit:
    """Where something stands that must not: the file, the way into it, and what it is. Never the thing itself."""

    name: str
    inside: str
    what: str

    def __str__(self) -> str:
        return f"{self.name}{' (' + self.inside + ')' if self.inside else ''}: {self.what}"


def scan(files: Mapping[str, bytes]) -> tuple[Hit, ...]:
    """Which credentials stand in these files, whichever way they are wrapped?"""
    found = [hit for name, raw in files.items() for hit in _hits(name, raw, "", 0)]
    return tuple(dict.fromkeys(found + [Hit("", "", f"a file's name holds {ref}") for ref in _in_names(files)]))


def shown(name: str, raw: bytes) -> Iterator[Hit]:
    """What is written here as credentials are?"""
    yield from (Hit(name, "", what) for what, shape in SHAPES.items() if shape.search(raw))


def _hits(name: str, raw: bytes, inside: str, depth: int) -> Iterator[Hit]:
    yield from (Hit(name, inside, reference) for reference in KNOWN.found_in(raw))
    joined = _BLANK.sub(b"", raw)
    if len(joined) < len(raw):
        yield from (Hit(name, inside or "split", reference) for reference in KNOWN.found_in(joined))
    yield from (Hit(name, inside, hit.what) for hit in shown(name, raw))
    if depth < _DEEPEST:
        for way, part in _parts(raw):
            yield from _hits(name, part, f"{inside} > {way}" if inside else way, depth + 1)


def _parts(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """What do these bytes wrap?"""
    if raw[:4] == b"PK\x03\x04":
        yield from _zipped(raw)
    elif raw[:2] == b"\x1f\x8b":
        yield from _inflated("gzip", raw, zlib.MAX_WBITS | 16)
    elif raw.startswith(_PNG):
        yield from _png_texts(raw)
    else:
        for match in _BASE64.finditer(raw):
            yield from _decoded(match[0])


def _zipped(raw: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            for entry in archive.infolist():
                with archive.open(entry) as file:
                    yield f"zip {entry.filename[:80]}", file.read(_LARGEST_PART) + entry.comment
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, zlib.error):
        return


def _png_texts(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """tEXt as it is; zTXt and iTXt unpacked where they are packed. Pixels are not read."""
    at = len(_PNG)
    while at + 8 <= len(raw):
        length, kind = struct.unpack(">I4s", raw[at : at + 8])
        body = raw[at + 8 : at + 8 + length]
        if kind in (b"tEXt", b"zTXt", b"iTXt", b"eXIf"):
            yield f"png {kind.decode()}", body
            start = body.find(b"\x78")
            if kind != b"tEXt" and start >= 0:
                yield from _inflated("png text", body[start:], zlib.MAX_WBITS)
        at += 12 + length


def _decoded(text: bytes) -> Iterator[tuple[str, bytes]]:
    """Only what is wrapped once more is worth a second look: the forms of a value in base64 are known by themselves."""
    plain = text.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        whole = plain[: -1 if len(plain) % 4 == 1 else None]
        raw = base64.b64decode(whole + b"=" * (-len(whole) % 4))
    except (binascii.Error, ValueError):
        return
    yield "base64", raw


def _inflated(way: str, raw: bytes, bits: int) -> Iterator[tuple[str, bytes]]:
    try:
        yield way, zlib.decompressobj(bits).decompress(raw, _LARGEST_PART)
    except zlib.error:
        return


def _in_names(files: Mapping[str, bytes]) -> tuple[str, ...]:
    return KNOWN.found_in("\n".join(files).encode())
