"""Where does a rehearsal of a name live on this machine, and does one live there now?"""

from __future__ import annotations

import os
import re
import shutil
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from flipgate.rehearsal.errors import RehearsalError

NAME_SETTING = "FLIPGATE_REHEARSAL"
_OWNER_ONLY = 0o600
_OTHERS_PASS = 0o711
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")


def chosen_name(otherwise: str = "") -> str:
    """Which rehearsal do this command and the suite mean?"""
    name = os.environ.get(NAME_SETTING) or otherwise or "default"
    if not _NAME.fullmatch(name):
        raise RehearsalError(f"{NAME_SETTING} is {name!r}; a name has at most 40 letters, digits, dots and dashes")
    return name


@dataclass(frozen=True)
class Place:
    """The folder of one rehearsal. It is the state too: the folder exists exactly as long as the rehearsal does."""

    name: str

    @classmethod
    def fresh(cls, purpose: str = "provisioned") -> Place:
        """A place that nobody else has."""
        return cls(f"{purpose}-{token_hex(4)}")

    @property
    def folder(self) -> Path:
        # The database's own uid cannot pass through root's runtime folder.
        runtime = os.environ.get("XDG_RUNTIME_DIR") if os.getuid() else None
        return Path(runtime or tempfile.gettempdir()) / f"flipgate-rehearsal-{os.getuid()}-{self.name}"

    @property
    def control(self) -> Path:
        return self.folder / "control.sock"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def reports(self) -> Path:
        return self.folder / "reports"

    def claim(self) -> socket.socket:
        """Make the folder, for this process alone, and listen in it from the first moment on.

        Errors: RehearsalError where a rehearsal of this name is up; what a crash of the machine left is removed.
        """
        draft = self.folder.with_name(f"{self.folder.name}.{os.getpid()}")
        # The database's own uid has to pass through.
        draft.mkdir(mode=_OTHERS_PASS if os.getuid() == 0 else 0o700)
        for folder in ("logs", "reports", "secrets", "services", "out"):
            (draft / folder).mkdir(mode=0o700)
        listener = socket.socket(socket.AF_UNIX)
        try:
            listener.bind(str(draft / self.control.name))
            (draft / self.control.name).chmod(_OWNER_ONLY)
            listener.listen()
            self._take_over(draft)
        except BaseException:
            listener.close()
            shutil.rmtree(draft, ignore_errors=True)
            raise
        return listener

    def _take_over(self, draft: Path) -> None:
        """A folder with a listener in it gets its name in one step, so that two claims cannot both succeed."""
        if self.answers():
            raise RehearsalError(f'a rehearsal "{self.name}" is up already; end it with: flipgate-rehearsal down')
        if self.folder.exists() and self.is_ours():
            # The one before may be on its way out still, and remove its files itself.
            shutil.rmtree(self.folder, ignore_errors=True)
        try:
            draft.rename(self.folder)
        except OSError:
            raise RehearsalError(f"{self.folder} exists, and is no rehearsal of this user that has ended") from None

    def is_ours(self) -> bool:
        """Is the folder a real one, of this user?"""
        return not self.folder.is_symlink() and self.folder.stat().st_uid == os.getuid()

    def answers(self) -> bool:
        """Does a supervisor listen here?"""
        if not (self.control.exists() and self.is_ours()):
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(self.control))
            except OSError:
                return False
        return True

    def write_secret(self, name: str, value: str) -> Path:
        """Keep a secret in a file that only this user reads."""
        return write_private(self.folder / "secrets" / name, value + "\n")


def write_private(path: Path, text: str) -> Path:
    """Write a file that only this user reads; it is never seen half written."""
    draft = path.with_name(path.name + ".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "w") as file:
        file.write(text)
    draft.replace(path)
    return path
