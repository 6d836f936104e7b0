"""The folder of the reports: a real one; each file in it appears whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from flipgate.core.errors import Refused, visible
from flipgate.safety import files

_SOURCE = "reports"
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True)
class Folder:
    """One folder. Nothing outside of it is read or written, whatever a name in it links to."""

    path: Path

    def prepare(self) -> None:
        """Is this a folder that can be written? One that is not there is made, its parent has to be there.

        Errors: Refused, with the reason.
        """
        with self._said(self.path):
            self.path.mkdir(exist_ok=True)
        with self._opened() as folder, self._said(self.path):
            name = f".{secrets.token_hex(8)}.part"
            os.close(os.open(name, _NEW_FILE, 0o644, dir_fd=folder))
            os.unlink(name, dir_fd=folder)

    def read(self, name: str) -> bytes:
        """What does this regular file hold? Errors: NoData, Malformed, Unreachable."""
        return files.regular(self.path, name, _SOURCE)

    def write(self, name: str, content: bytes) -> None:
        """Put this content there under this name, whole, or leave what is there. Errors: Refused, with the reason."""
        draft = f".{name}.{secrets.token_hex(8)}.part"
        with self._opened() as folder, self._said(self.path / name):
            try:
                with os.fdopen(os.open(draft, _NEW_FILE, 0o644, dir_fd=folder), "wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                os.replace(draft, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with suppress(OSError):
                    os.unlink(draft, dir_fd=folder)
                raise
            os.fsync(folder)

    @contextmanager
    def _opened(self) -> Iterator[int]:
        if self.path.is_symlink():
            raise Refused(f"{self.path} is a symbolic link: name the folder itself")
        with self._said(self.path):
            folder = os.open(self.path, _FOLDER)
        try:
            yield folder
        finally:
            os.close(folder)

    @contextmanager
    def _said(self, what: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise Refused(f"{what} cannot be written: {visible(str(error.strerror))}") from error
