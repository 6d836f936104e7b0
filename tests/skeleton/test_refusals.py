"""What cannot be begun is refused in a sentence, and then nothing is written; nothing is ever overwritten."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from flipgate.core.errors import Refused
from flipgate.plugin.stages import STAGES
from flipgate.skeleton.command import written
from flipgate.skeleton.plan import planned
from tests.skeleton.conftest import Project

NAMES = ["", "a", "Upper", "../up", "a/b", "a b", "a-b", "7th", "é_é", "a" * 42, "nul\0", "line\n", "--title", "con.d"]
MEANT = ["and", "skip", "xfail", "parametrize", "writes", "browser", *STAGES]


@pytest.mark.parametrize("name", [*NAMES, *MEANT])
def test_a_name_that_cannot_be_one(name: str) -> None:
    with pytest.raises(Refused, match=r"lower-case letters|means something"):
        planned(name, "", (), "operator", ())


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"title": "two\nlines"}, "one line"),
        ({"title": "\x1b[2J"}, r"\\x1b"),
        ({"title": "t" * 121}, "120 characters"),
        ({"title": " "}, "one line"),
        ({"flags": ('a" reads true',)}, "a flag is"),
        ({"flags": ("a", "a")}, "one to 3 different ones"),
        ({"flags": ("a", "b", "c", "d")}, "one to 3 different ones"),
        ({"owner": "A Person"}, "an owner is"),
        ({"stages": ("portal",)}, "no skeleton of a stage 'portal'"),
        ({"stages": ("before_flip_2",)}, "there are: preflight, after_flip_1, soak"),
    ],
)
def test_a_word_that_cannot_be_what_it_is_given_as(more: dict[str, str], sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        planned(**{"name": "demo", "title": "", "flags": (), "owner": "operator", "stages": (), **more})  # type: ignore[arg-type]


def test_the_command_ends_with_30_and_one_sentence(empty: Project) -> None:
    ended = empty.flipgate("new-runbook", "skip")
    assert (ended.status, ended.text.count("\n")) == (30, 1)
    assert ended.text.startswith("refused: the name 'skip' means something")
    assert empty.holding() == {}


@pytest.mark.parametrize("there", ["features/demo", "environments/demo.example.toml"])
@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_is_there_stays_as_it_is(empty: Project, there: str, kind: str) -> None:
    path = empty.root / there
    if kind == "folder":
        path.mkdir()
        (path / "mine").write_text("mine")
    elif kind == "file":
        path.write_text("mine")
    else:
        path.symlink_to("nowhere")
    before = empty.holding()
    ended = empty.flipgate("new-runbook", "demo")
    assert (ended.status, ended.text) == (30, f"refused: {there} is there already, and nothing is overwritten\n")
    assert empty.holding() == before


@pytest.mark.parametrize("lacking", ["features", "environments"])
def test_elsewhere_than_in_a_project(empty: Project, lacking: str) -> None:
    shutil.rmtree(empty.root / lacking)
    with pytest.raises(Refused, match=r"no features/ and environments/ in this folder"):
        written(planned("demo", "", (), "operator", ()), empty.root)


@pytest.mark.parametrize("blocks", [0, 1])
def test_a_place_that_cannot_be_written_holds_nothing_afterwards(empty: Project, blocks: int) -> None:
    """A full disk, as far as a process can make itself one: no file may grow beyond so many KB."""
    words = f"ulimit -f {blocks}; exec {sys.executable} -m flipgate.cli new-runbook demo --flag a --flag b --flag c"
    shell = ["bash", "-c", words]
    done = subprocess.run(shell, cwd=empty.root, capture_output=True, text=True, check=False)
    assert done.returncode == 30
    assert done.stderr.startswith("refused: ")
    assert "cannot be written: File too large" in done.stderr
    assert empty.holding() == {}


def test_without_sentences_there_is_no_glossary(empty: Project) -> None:
    ended = empty.flipgate("glossary")
    assert (ended.status, ended.text.count("\n")) == (30, 1)
    assert ended.text.startswith("refused: no steps/ in this folder")
