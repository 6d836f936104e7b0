"""The end of every rehearsal: `python -m flipgate.rehearsal.reaper FOLDER`.

Started first, as the leader of the process group that every server and service joins. Its stdin is a pipe whose only
writer is the supervisor: end of file means that the supervisor is gone, however it went. There is no other way down,
so the way after a SIGKILL is the one that is walked every time.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import sys
import time
from pathlib import Path

_GRACE_S = 2.0
_POLL_S = 0.02
_IPC_RMID = 0


def main() -> None:
    """Wait for the supervisor's end, then leave nothing."""
    folder = sys.argv[1]
    sys.stdin.buffer.read()
    group = os.getpgrp()
    if os.fork():
        signal.pause()
    os.setpgid(0, 0)  # outlive the group
    # PostgreSQL waits for its clients on SIGTERM and for nobody on SIGINT; killed outright it leaves shared memory.
    for sent in (signal.SIGTERM, signal.SIGINT, signal.SIGKILL):
        if not _send(group, sent):
            break
        if sent is not signal.SIGTERM:
            _wait_until_empty(group)
    _drop_shared_memory(Path(folder, "postgres", "data", "postmaster.pid"))
    shutil.rmtree(folder, ignore_errors=True)


def _drop_shared_memory(lock_file: Path) -> None:
    """A database killed in the middle of its work leaves a lock file, which names the segment that it leaves too."""
    try:
        segment = int(lock_file.read_text().split("\n")[6].split()[1])
    except (OSError, IndexError, ValueError):
        return
    ctypes.CDLL(None).shmctl(segment, _IPC_RMID, None)


def _send(group: int, sent: int) -> bool:
    try:
        os.killpg(group, sent)
    except ProcessLookupError:
        return False
    return True


def _wait_until_empty(group: int) -> None:
    deadline = time.monotonic() + _GRACE_S
    while _send(group, 0) and time.monotonic() < deadline:
        time.sleep(_POLL_S)


if __name__ == "__main__":
    main()
