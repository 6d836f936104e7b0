"""Which files make a pack, and are they all there, as listed, and nothing else?"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flipgate.core.errors import Refused, visible
from flipgate.evidence.pack.envelope import NAME as ENVELOPE
from flipgate.evidence.pack.reasons import Finding

REPORT, COMMENT, EVIDENCE, README, SUMS = "report.html", "comment.md", "evidence.json", "README.md", "SHA256SUMS"
LISTED = (README, COMMENT, EVIDENCE, REPORT)
PICTURES = "pictures"
QUARANTINED = "QUARANTINED.txt"
_NAME = re.compile(r"(?:pictures/[A-Za-z0-9][\w.-]{0,80}/)?[A-Za-z0-9][\w.-]{0,120}", re.ASCII)
_LINE = re.compile(rb"([0-9a-f]{64})  ([^\r\n]+)")
_LARGEST = 256_000_000


@dataclass
class Folder:
    """What lies in a pack's folder: content by name, and what is wrong with it."""

    path: Path
    files: dict[str, bytes] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def listed(self) -> dict[str, str]:
        """Which digests does SHA256SUMS name? Its first line for a name counts."""
        found: dict[str, str] = {}
        for match in _LINE.finditer(self.files.get(SUMS, b"")):
            found.setdefault(match[2].decode("utf-8", "backslashreplace"), match[1].decode())
        return found


def sums(files: Mapping[str, bytes]) -> bytes:
    """How does SHA256SUMS list these files? `sha256sum -c` reads it."""
    return b"".join(f"{sha256(raw)}  {name}\n".encode() for name, raw in sorted(files.items()))


def sha256(raw: bytes) -> str:
    """Which digest do these bytes have, in hex?"""
    return hashlib.sha256(raw).hexdigest()


def read_folder(path: Path) -> Folder:
    """What lies in this folder? Nothing in it is followed, and nothing but files and folders is opened.

    Errors: Refused where there is no such folder.
    """
    if path.is_symlink() or not path.is_dir():
        raise Refused(f"{path}: no folder of a pack there")
    found = Folder(path)
    for entry in _entries(path):
        name = entry.relative_to(path).as_posix()
        raw = _content(entry, name, found.findings)
        if raw is not None:
            found.files[name] = raw
    found.findings += _checked(found)
    return found


def _entries(path: Path) -> Iterator[Path]:
    for entry in sorted(path.iterdir()):
        if entry.is_dir() and not entry.is_symlink():
            yield from _entries(entry)
        else:
            yield entry


def _content(entry: Path, name: str, findings: list[Finding]) -> bytes | None:
    if not _NAME.fullmatch(name):
        findings.append(Finding("name-forbidden", visible(name)))
    kind = entry.lstat()
    if stat.S_ISLNK(kind.st_mode):
        findings.append(Finding("symbolic-link", visible(name)))
    elif not stat.S_ISREG(kind.st_mode):
        findings.append(Finding("not-a-file", visible(name)))
    elif kind.st_size > _LARGEST:
        findings.append(Finding("file-too-large", visible(name), f"{kind.st_size} bytes"))
    else:
        with os.fdopen(os.open(entry, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            return file.read(_LARGEST)
    return None


def _checked(found: Folder) -> Iterator[Finding]:
    names = list(found.files)
    if QUARANTINED in names:
        yield Finding("pack-quarantined", QUARANTINED)
    for required in (*LISTED, SUMS, ENVELOPE):
        if required not in names or (required in LISTED and required not in found.listed):
            yield Finding("file-required", required)
    lower = [name.lower() for name in names]
    yield from (Finding("name-collides", name) for name in names if lower.count(name.lower()) > 1)
    yield from _sums_checked(found)


def _sums_checked(found: Folder) -> Iterator[Finding]:
    raw, listed = found.files.get(SUMS, b""), found.listed
    lines = raw.split(b"\n")
    matched = [match[2].decode("utf-8", "backslashreplace") for line in lines if (match := _LINE.fullmatch(line))]
    if lines[-1] or len(matched) != len(lines) - 1:
        yield Finding("sums-malformed", SUMS, "a line is not a digest, two spaces and a name")
    elif matched != sorted(matched):
        yield Finding("sums-malformed", SUMS, "its names are not in order")
    yield from (Finding("sums-duplicate", visible(name)) for name in listed if matched.count(name) > 1)
    yield from (Finding("name-forbidden", visible(name), f"in {SUMS}") for name in listed if not _NAME.fullmatch(name))
    for name, digest in listed.items():
        if name not in found.files:
            yield Finding("file-missing", visible(name))
        elif sha256(found.files[name]) != digest:
            yield Finding("file-changed", visible(name))
    own = {SUMS, ENVELOPE}
    yield from (Finding("file-unlisted", visible(name)) for name in found.files if name not in listed.keys() | own)
