"""The pod as its cluster sees it: one JSON line a record, the log of the container before, and when it started."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

Value = str | int | float | bool


def rfc3339(at: float) -> str:
    """How is this moment written in a log? Unit: epoch seconds in, milliseconds kept."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class PodStatus(msgspec.Struct, frozen=True):
    """What the kubelet knows of a pod; lies beside its log as `<pod>.status.json`."""

    pod: str
    pid: int
    scheduled_at: float
    started_at: float
    restarts: int
    ports: dict[str, int]


class Log:
    """Appends records to a pod's log file, and moves them into the past; without a file it keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.restarts = 0
        self.scheduled_at = time.time()
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._rotate(path)

    def write(self, level: str, key: str, msg: str, *, at: float | None = None, **fields: Value) -> None:
        if self.path is None:
            return
        record = {"ts": rfc3339(time.time() if at is None else at), "level": level, "msg": msg, "key": key, **fields}
        with self.path.open("ab") as file:
            file.write(msgspec.json.encode(record) + b"\n")

    def age(self, seconds: float) -> None:
        self.scheduled_at -= seconds
        if self.path is not None:
            for path in (self.path, previous(self.path)):
                if path.exists():
                    age_file(path, seconds)

    def state(self, started_at: float, ports: dict[str, int]) -> None:
        """Writes the start record for the cluster's API."""
        if self.path is not None:
            status = PodStatus(self.path.stem, os.getpid(), self.scheduled_at, started_at, self.restarts, ports)
            _replace(self.path.with_suffix(".status.json"), msgspec.json.encode(status))

    def _rotate(self, path: Path) -> None:
        status = path.with_suffix(".status.json")
        if status.exists():
            before = msgspec.json.decode(status.read_bytes(), type=PodStatus)
            self.restarts, self.scheduled_at = before.restarts + 1, before.scheduled_at
        if path.exists():
            path.replace(previous(path))
        path.touch()


def previous(path: Path) -> Path:
    """Where does the log of the container before this one lie?"""
    return path.with_suffix(".previous.log")


def age_file(path: Path, seconds: float) -> None:
    """Moves every record of a log file `seconds` into the past; a line that is no record stays as it is."""
    _replace(path, b"".join(_aged(line, seconds) for line in path.read_bytes().splitlines(keepends=True)))


def _aged(line: bytes, seconds: float) -> bytes:
    head, quote, rest = line.partition(b'"ts":"')
    stamp, end, tail = rest.partition(b'"')
    try:
        moved = datetime.fromisoformat(stamp.decode()) - timedelta(seconds=seconds)
    except ValueError:
        return line
    return head + quote + rfc3339(moved.timestamp()).encode() + end + tail


def _replace(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".draft")
    draft.write_bytes(content)
    draft.replace(path)
