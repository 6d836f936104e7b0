"""How is a file read that somebody else can write?"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from flipgate.core.errors import Malformed, NoData, Unreachable, visible

LARGEST = 1_000_000


def names(root: Path, source: str) -> tuple[str, ...]:
    """Which names does this folder hold? Errors: NoData where there is no such folder, Unreachable."""
    try:
        return tuple(sorted(path.name for path in root.iterdir()))
    except (FileNotFoundError, NotADirectoryError):
        raise NoData(source, "there is no such folder", str(root)) from None
    except OSError as error:
        raise Unreachable(source, f"cannot be listed: {visible(str(error.strerror))}", str(root)) from None


def regular(root: Path, name: str, source: str) -> bytes:
    """What does a regular file directly in this folder hold?

    Errors: Malformed for a symlink, a pipe, a folder, a name that leads elsewhere, more than a megabyte; NoData where
            there is none; Unreachable where it cannot be read.
    """
    where = visible(str(root / name), 4096)
    if name in ("", ".", "..") or "/" in name or "\0" in name:
        raise Malformed(source, f"{visible(name)!r} is no plain file name")
    try:
        # Neither waits for a writer of a pipe nor follows a link; what was opened is what is then looked at.
        handle = os.open(root / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NoData(source, "there is no such file", where) from None
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise Malformed(source, "is a symbolic link, a regular file is wanted", where) from None
        raise Unreachable(source, f"cannot be read: {visible(str(error.strerror))}", where) from None
    try:
        return _content(handle, source, where)
    finally:
        os.close(handle)


def _content(handle: int, source: str, where: str) -> bytes:
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        raise Malformed(source, "is no regular file", where)
    with os.fdopen(handle, "rb", closefd=False) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise Malformed(source, f"is larger than {LARGEST} bytes", where)
    return content
