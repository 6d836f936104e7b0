"""The backups of the database: a file each, with when it was taken, in a folder that can be listed."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from flipgate.rehearsal.place import write_private

if TYPE_CHECKING:
    from pathlib import Path

_BYTES = 48_211_968


@dataclass(frozen=True)
class Backups:
    """The backups of one rehearsal; their times are server times, and age with the world."""

    folder: Path
    database: str

    def take(self, age_s: float = 0.0, database: str = "", *, complete: bool = True) -> str:
        """Take a backup, so long ago, of this database or another. Returns its id."""
        taken = datetime.now(UTC) - timedelta(seconds=age_s)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        made = f"bkp-{uuid4().hex[:12]}"
        source = database or self.database
        told = {"id": made, "kind": "snapshot", "database": source, "bytes": _BYTES, "complete": complete}
        self._write(self.path(made), {**told, "taken_at": taken.isoformat()})
        return made

    def age(self, seconds: float) -> None:
        """Every backup was taken so much earlier."""
        for path in self.folder.glob("*.json"):
            told = json.loads(path.read_text())
            aged = datetime.fromisoformat(told["taken_at"]) - timedelta(seconds=seconds)
            self._write(path, {**told, "taken_at": aged.isoformat()})

    def path(self, identity: str) -> Path:
        """Where does a backup lie?"""
        return self.folder / f"{identity}.json"

    def _write(self, path: Path, told: dict[str, object]) -> None:
        write_private(path, json.dumps(told) + "\n")
        taken = datetime.fromisoformat(str(told["taken_at"])).timestamp()
        os.utime(path, (taken, taken))
