"""Which file is shown with a word, and by which digest does it go?"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

from flipgate.core.errors import Refused, visible
from flipgate.evidence.words import Proof


def proof_of(path: Path) -> Proof:
    """By which name, size and digest does this file go? It is read where it lies, and not copied.

    Errors: Refused for anything but a regular file that can be read: a link, a pipe, a folder, nothing, an empty one.
    """
    try:
        # Neither waits for a writer of a pipe nor follows a link; what was opened is what is then looked at.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        told = "is a symbolic link" if path.is_symlink() else visible(str(error))
        raise Refused(f"--file {visible(str(path))}: {told}; a regular file is wanted") from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Refused(f"--file {visible(str(path))}: is no regular file")
    with os.fdopen(handle, "rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        size = file.tell()
    if not size:
        raise Refused(f"--file {visible(str(path))}: is empty, and shows nothing")
    return Proof(visible(path.name), size, f"sha256:{sha256}")
