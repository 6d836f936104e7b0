"""docs/environment-file.md tells every block and key that an environment file may hold, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from flipgate.config.environment import Environment
from flipgate.config.load import environment, read
from tests.house.environment_keys import KEYS, SECRETS
from tests.house.sources import ROOT

PAGE = (ROOT / "docs" / "environment-file.md").read_text(encoding="utf-8")
HEADING = re.compile(r"^## (?:The top of the file|`\[([\w.<>-]+)\]`)", re.MULTILINE)
ROW = re.compile(r"^\| `([\w-]+)` \|", re.MULTILINE)

# What an environment does not have by default: a command that makes it, and leave to do more than read.
EXCEPTIONS = ["provision", "allow_write_capable", "writes", "test_records"]


def test_credentials_were_found_among_the_keys() -> None:
    assert {"password", "token"} <= SECRETS


def test_the_page_tells_every_key_and_no_other() -> None:
    assert _told() == sorted(key.path for key in KEYS)


def test_the_example_is_an_environment_with_every_block(tmp_path: Path) -> None:
    example = (ROOT / "environments" / "dev.example.toml").read_text(encoding="utf-8")
    (tmp_path / "credential").write_text("a-credential\n")
    (tmp_path / "dev.toml").write_text(re.sub(r'"(env|file):[^"]+"', f'"file:{tmp_path}/credential"', example))
    found = environment("dev", read("dev", tmp_path), {})
    assert [name for name in Environment.__struct_fields__ if not getattr(found, name)] == EXCEPTIONS


def test_the_example_shows_both_kinds_of_reference() -> None:
    example = (ROOT / "environments" / "dev.example.toml").read_text(encoding="utf-8")
    assert '"env:' in example
    assert '"file:' in example


def _told() -> list[str]:
    sections = HEADING.split(PAGE)[1:]
    blocks = [(block or "").removesuffix(".<name>") for block in sections[::2]]
    told = [(block, key) for block, text in zip(blocks, sections[1::2], strict=True) for key in ROW.findall(text)]
    return sorted(f"{block}.{key}".lstrip(".") for block, key in told)
