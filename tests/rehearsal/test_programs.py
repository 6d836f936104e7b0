"""Where programs are found, and what is said of one that is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from flipgate.rehearsal.components.programs import ALL, PROMETHEUS, Program, find, missing
from flipgate.rehearsal.errors import ComponentMissing

NOWHERE = {"PATH": "/nowhere", "XDG_CACHE_HOME": "/nowhere"}
SERVER = Program("server", ("server", "serverd"), install="make server")


def program(folder: Path, name: str = "server") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.touch(mode=0o755)
    return path


def test_a_program_that_is_not_here_is_named_with_its_command() -> None:
    with pytest.raises(ComponentMissing) as told:
        find(PROMETHEUS, NOWHERE)
    assert str(told.value) == "prometheus is not on this machine; install it with: scripts/components.sh"


def test_every_missing_program_is_told_at_once() -> None:
    assert len(missing({**NOWHERE, **{f"FLIPGATE_{one.name.upper()}": "/nowhere/x" for one in ALL}})) == len(ALL)


def test_a_setting_goes_before_the_path_and_the_path_before_the_cache(tmp_path: Path) -> None:
    cached = program(tmp_path / "cache" / "flipgate" / "components" / "usr" / "bin")
    on_path = program(tmp_path / "path")
    stated = program(tmp_path / "stated", "another")
    cache_only = {"PATH": "/nowhere", "XDG_CACHE_HOME": str(tmp_path / "cache")}
    with_path = {**cache_only, "PATH": str(tmp_path / "path")}
    assert find(SERVER, cache_only) == cached
    assert find(SERVER, with_path) == on_path
    assert find(SERVER, {**with_path, "FLIPGATE_SERVER": str(stated)}) == stated


def test_a_setting_that_names_no_program_is_not_passed_over(tmp_path: Path) -> None:
    program(tmp_path)
    with pytest.raises(ComponentMissing, match="FLIPGATE_SERVER is /nowhere/x, which is not a program"):
        find(SERVER, {"PATH": str(tmp_path), "FLIPGATE_SERVER": "/nowhere/x"})


def test_of_two_versions_the_newer_is_taken(tmp_path: Path) -> None:
    program(tmp_path / "9" / "bin")
    newer = program(tmp_path / "15" / "bin")
    assert find(Program("server", ("server",), "", folders=(f"{tmp_path}/*/bin",)), NOWHERE) == newer
