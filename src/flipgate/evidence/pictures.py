"""Which pictures does an observation name, and are they still what was seen?"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flipgate.evidence.canonical import digest
from flipgate.evidence.records import Seen

Tree = object
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Shown:
    """One picture by the name of its file; without content where it is gone, or not what its digest says."""

    name: str
    content: bytes

    @property
    def data_uri(self) -> str:
        """How does it stand in a page that asks for nothing?"""
        return f"data:image/png;base64,{base64.b64encode(self.content).decode()}"


def pictures(seen: Seen, folder: Path) -> Iterator[Shown]:
    """Which pictures of this run's folder does the observation name, by file and digest?"""
    for name, sha256 in named(seen.tree):
        file = folder / Path(name).name
        content = file.read_bytes() if file.is_file() else b""
        whole = content.startswith(_PNG) and digest(content) == sha256
        yield Shown(file.name, content if whole else b"")


def named(tree: Tree) -> Iterator[tuple[str, str]]:
    """Which pictures, by file and digest, does this tree name? A `Picture` wherever it stands."""
    if isinstance(tree, dict):
        if tree.keys() == {"picture", "sha256"}:
            yield str(tree["picture"]), str(tree["sha256"])
        for value in tree.values():
            yield from named(value)
    elif isinstance(tree, list):
        for value in tree:
            if isinstance(value, dict | list):  # of the samples of two days most are numbers
                yield from named(value)
