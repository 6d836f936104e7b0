"""Do the files for people, and the pictures, say what the records say?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from flipgate.core.errors import visible
from flipgate.evidence.canonical import digest
from flipgate.evidence.pack.contents import Contents
from flipgate.evidence.pack.extract import Extract
from flipgate.evidence.pack.folder import COMMENT, EVIDENCE, PICTURES, REPORT, Folder, sha256
from flipgate.evidence.pack.reasons import Finding
from flipgate.evidence.pack.statement import Seal
from flipgate.evidence.pictures import named
from flipgate.evidence.records import Seen


def texts(folder: Folder, seal: Seal, found: Contents) -> Iterator[Finding]:
    """Do the files for people say what the records say?"""
    if not found.runs:
        return
    evidence = sha256(folder.files.get(EVIDENCE, b""))
    codes = {COMMENT: "comment-differs"}
    for name, raw in found.texts(seal, evidence).items():
        if name in folder.files and folder.files[name] != raw:
            where = _first_difference(folder.files[name], raw)
            yield Finding(codes.get(name, "readme-differs"), name, where)
    opening = found.opening(seal, evidence, folder.path / PICTURES)
    if REPORT in folder.files and opening.encode() not in folder.files[REPORT]:
        yield Finding("report-differs", REPORT)


def pictures(folder: Folder, taken: Extract) -> Iterator[Finding]:
    """Are the pictures there that the records name, as they were, and no others?"""
    wanted: dict[str, str] = {}
    for record in taken.records():
        if isinstance(record.body, Seen):
            for name, sha in named(record.body.tree):
                wanted[f"{PICTURES}/{record.run}/{Path(name).name}"] = sha
    for name, sha in wanted.items():
        if name not in folder.files:
            yield Finding("picture-missing", visible(name))
        elif digest(folder.files[name]) != sha:
            yield Finding("picture-changed", visible(name))
    kept = [name for name in folder.files if name.startswith(f"{PICTURES}/")]
    yield from (Finding("picture-unnamed", visible(name)) for name in kept if name not in wanted)


def posted(folder: Folder, comment: str) -> Iterator[Finding]:
    """Is this comment, as the tracker has it, the pack's?"""
    own = folder.files.get(COMMENT, b"").decode("utf-8", "backslashreplace")
    if comment and comment.replace("\r\n", "\n").strip() != own.strip():
        yield Finding("posted-differs", COMMENT, _first_difference(comment.encode(), own.encode()))


def _first_difference(says: bytes, makes: bytes) -> str:
    pairs = zip_longest(says.split(b"\n"), makes.split(b"\n"), fillvalue=b"")
    number, line = next(((n, line) for n, (line, due) in enumerate(pairs, start=1) if line != due), (0, b""))
    return f"line {number}: {visible(line.decode('utf-8', 'backslashreplace'))}"
