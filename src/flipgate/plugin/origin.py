"""By what was a run judged: which source, sentences, features, packages, environment file?

A digest of many files is that of the lines `<sha256>  <path>`, in the order of their paths: what `sha256sum` prints.
Cost: about 10 ms.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import pytest

import flipgate
from flipgate.core.errors import visible
from flipgate.evidence.canonical import digest
from flipgate.evidence.records import Record, RunStart
from flipgate.plugin.sentences import VOCABULARY

_TOLD_VERSIONS = ("flipgate", "pytest", "pytest-bdd", "allure-pytest", "grpcio", "httpx", "psycopg", "redis")
_COMPILED = "__pycache__"


@dataclass(frozen=True)
class Origin:
    """What made a run: command line, versions, digests of what judges, and the run before it."""

    command: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    previous_run: str = ""


def origin(config: pytest.Config, runbook: str, environment: str, before: Sequence[Record]) -> Origin:
    """What makes this run?"""
    starts = [record.run for record in before if isinstance(record.body, RunStart)]
    return Origin(
        command=tuple(visible(word) for word in config.invocation_params.args),
        versions=versions(config),
        digests=digests(config.rootpath, runbook, environment),
        previous_run=starts[-1] if starts else "",
    )


def versions(config: pytest.Config) -> dict[str, str]:
    """Which versions of Python, of the drivers, and of every plugin that pytest has loaded?"""
    plugins = {found.project_name: found.version for _, found in config.pluginmanager.list_plugin_distinfo()}
    return {"python": sys.version.split()[0]} | {name: version(name) for name in _TOLD_VERSIONS} | plugins


def digests(root: Path, runbook: str, environment: str) -> dict[str, str]:
    """By which digests do the files go that judge? What is not there has none."""
    package = Path(flipgate.__file__).parent
    spoken = {sys.modules[sentence.module].__file__ for sentence in VOCABULARY}
    parts = {
        "source": (package, _below(package)),
        "sentences": (root, [Path(name) for name in spoken if name]),
        "features": (root, _below(root / "features" / runbook)),
        "lock": (root, [root / "requirements.lock"]),
        "environment": (root, [root / "environments" / f"{environment}.toml"]),
    }
    found = {name: _of_all(folder, files) for name, (folder, files) in parts.items()}
    return {name: one for name, one in found.items() if one}


def _below(folder: Path) -> list[Path]:
    walked = [(Path(where), names) for where, _, names in os.walk(folder) if not where.endswith(_COMPILED)]
    return [where / name for where, names in walked for name in names]


def _of_all(folder: Path, files: Iterable[Path]) -> str:
    there = {_name(path, folder): path for path in files if path.is_file()}
    lines = [f"{hashlib.sha256(there[name].read_bytes()).hexdigest()}  {name}\n" for name in sorted(there)]
    return digest("".join(lines).encode()) if lines else ""


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
