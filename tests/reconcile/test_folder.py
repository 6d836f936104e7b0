"""A file of the folder is whole or not there; nothing is written through a link."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flipgate.core.errors import Refused
from flipgate.reconcile.folder import Folder


def test_a_folder_that_is_not_there_is_made(tmp_path: Path) -> None:
    Folder(tmp_path / "reports").prepare()
    assert list((tmp_path / "reports").iterdir()) == []


def test_what_is_written_is_there_and_nothing_beside_it(tmp_path: Path) -> None:
    Folder(tmp_path).write("a.md", b"one")
    Folder(tmp_path).write("a.md", b"two")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a.md": b"two"}


def test_a_link_for_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    for action in (Folder(tmp_path / "link").prepare, lambda: Folder(tmp_path / "link").write("a.md", b"")):
        with pytest.raises(Refused, match="is a symbolic link: name the folder itself"):
            action()
    assert list((tmp_path / "real").iterdir()) == []


def test_a_link_for_a_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("kept")
    (tmp_path / "a.md").symlink_to("elsewhere")
    Folder(tmp_path).write("a.md", b"new")
    assert (tmp_path / "elsewhere").read_text() == "kept"
    assert not (tmp_path / "a.md").is_symlink()


@pytest.mark.parametrize("place", ["file", "absent/reports"])
def test_no_folder_there_is_refused(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="cannot be written"):
        Folder(tmp_path / place).prepare()


def test_a_folder_that_takes_no_file_is_refused() -> None:
    """For root too, for whom no permission stands in the way."""
    with pytest.raises(Refused, match="/proc/self/fd cannot be written"):
        Folder(Path("/proc/self/fd")).prepare()


def test_a_write_that_fails_leaves_what_was_there_and_no_draft(tmp_path: Path) -> None:
    (tmp_path / "a.md").mkdir()
    with pytest.raises(Refused, match=r"a\.md cannot be written"):
        Folder(tmp_path).write("a.md", b"new")
    assert os.listdir(tmp_path) == ["a.md"]  # noqa: PTH208
