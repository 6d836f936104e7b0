"""What is committed names no machine, no registry and no credential."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.environment_keys import SECRETS
from tests.house.sources import ROOT, files

REGISTRY = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs|registry\.yarnpkg|index[-]url|proxy\.golang")
MACHINE = re.compile(r"(?<![\w.<$}~-])/(?:home/\w|Users/\w|root/(?!usr/)\w|work/(?:main|shared))")
OUTSIDE = re.compile(r"\.\./shared")
CREDENTIAL = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bgh[pousr]_\w{30}|\bAKIA[0-9A-Z]{16}\b|\bxox[bp]-\w+|://[^\s/:@{}]+:[^\s/:@{}]+@"
)
REFERENCE = ("env:", "file:", "provision:")


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE, OUTSIDE, CREDENTIAL], ids=lambda p: p.pattern[:12])
def test_no_file_holds(pattern: re.Pattern[str]) -> None:
    assert [found for path in files() for found in _lines(path, pattern)] == []


@pytest.mark.parametrize("path", files("environments/*.toml"), ids=lambda path: path.name)
def test_an_environment_names_its_credentials_by_reference(path: Path) -> None:
    named = list(_secrets(tomllib.loads(path.read_text(encoding="utf-8"))))
    assert [value for value in named if not value.startswith(REFERENCE)] == []


def test_the_project_is_text_that_git_can_compare() -> None:
    assert [path for path in files() if path.suffix not in (".png", ".gz") and b"\0" in path.read_bytes()] == []


def _lines(path: Path, pattern: re.Pattern[str]) -> Iterator[str]:
    text = path.read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if pattern.search(line):
            yield f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"


def _secrets(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from _texts(value) if key in SECRETS else _secrets(value)


def _texts(value: object) -> Iterator[str]:
    """A credential, or a table of them."""
    yield from (str(one) for one in (value.values() if isinstance(value, dict) else [value]))
