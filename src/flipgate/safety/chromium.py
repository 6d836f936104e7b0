"""Where on this machine is a browser?"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from flipgate.core.errors import Unreachable

INSTALL = "apt-get install -y chromium"
_SETTING = "FLIPGATE_CHROMIUM"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FOLDERS = ("/usr/bin", "/usr/local/bin", "/snap/bin", "/opt/google/chrome")


def chromium(settings: Mapping[str, str] | None = None) -> Path:
    """Which program is the browser?

    Source:  the setting FLIPGATE_CHROMIUM, PATH, the usual folders, Playwright's own download: in this order.
    Errors:  Unreachable, with the one command that installs it.
    """
    settings = os.environ if settings is None else settings
    if stated := settings.get(_SETTING):
        if os.access(stated, os.X_OK) and Path(stated).is_file():
            return Path(stated)
        raise Unreachable("browser", f"{_SETTING} is {stated}, which is not a program that can be run")
    for found in _found(settings):
        return found
    raise Unreachable("browser", f"there is none on this machine; install one with: {INSTALL}")


def _found(settings: Mapping[str, str]) -> Iterator[Path]:
    folders = [*settings.get("PATH", os.defpath).split(os.pathsep), *_FOLDERS]
    for folder in filter(None, folders):
        yield from (Path(found) for name in _NAMES if (found := shutil.which(name, path=folder)))
    cache = Path(settings.get("XDG_CACHE_HOME") or Path(settings.get("HOME", "/")) / ".cache")
    downloads = Path(settings.get("PLAYWRIGHT_BROWSERS_PATH") or cache / "ms-playwright")
    yield from sorted(downloads.glob("chromium-*/chrome-linux*/chrome"), reverse=True)
