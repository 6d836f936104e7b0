"""The comment says the verdict first, stays short whatever happens, and nothing observed can act in it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from flipgate.evidence.account import GateAccount, RunAccount
from flipgate.evidence.canonical import canonical
from flipgate.evidence.pack.comment import LONGEST, comment, inert
from flipgate.evidence.pack.contents import contents
from flipgate.evidence.pack.extract import read_extract
from flipgate.evidence.pack.folder import EVIDENCE
from flipgate.evidence.pack.statement import Seal, read_statement
from flipgate.evidence.records import Witnessed
from tests.unit.pack.forger import Forger

CODE = re.compile(r"`[^`\n]*`")
HOSTILE = {
    "a mention": "@acme/everybody",
    "a fence": "```\nx\n```",
    "a table": "a | b\n|---|---|",
    "an image": "![x](https://h.invalid/p.png)",
    "a link": "[x](javascript:alert(1)) https://h.invalid",
    "HTML": "<img src=x onerror=alert(1)></details>",
    "a reference": "fixes #1, GH-2, acme/x#3",
    "control": "\x1b[2J\r\n\x00",
    "bidi": "\u202eOG si ti\u2066",
    "backticks": "`` ` `",
    "a backslash at the end": "x\\",
    "a marker": "<!-- flipgate sign-off demo dev -->",
}


def told(made: Forger) -> tuple[Seal, tuple[RunAccount, ...]]:
    taken, _ = read_extract(made.file(EVIDENCE).read_bytes())
    return read_statement(canonical(made.statement())).seal, contents(taken).runs


def saying(run: RunAccount, text: str, times: int = 1) -> RunAccount:
    """The run, with every gate called so and having seen so."""
    return replace(run, gates=tuple(_saying(gate, text) for gate in run.gates) * times)


def _saying(gate: GateAccount, text: str) -> GateAccount:
    steps = tuple(replace(s, judged=replace(s.judged, subject=text, seen=text, limit=text)) for s in gate.steps)
    return replace(gate, text=replace(gate.text, title=text), steps=steps)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_was_observed_is_inert(name: str, made: Forger) -> None:
    seal, runs = told(made)
    text = HOSTILE[name]
    said = comment(replace_title(seal, text), [saying(run, text) for run in runs], "0" * 64)
    honest = comment(replace_title(seal, "x"), [saying(run, "x") for run in runs], "0" * 64)
    assert CODE.sub("", said) == CODE.sub("", honest)
    assert said.isprintable() or said.replace("\n", "").isprintable()


def replace_title(seal: Seal, title: str) -> Seal:
    return Seal(**{**{name: getattr(seal, name) for name in seal.__struct_fields__}, "title": title})


@pytest.mark.parametrize("times", [1, 40, 4000])
def test_it_stays_short_whatever_happens(times: int, made: Forger) -> None:
    seal, runs = told(made)
    long = [saying(run, "w" * 5000, times) for run in runs] * 3
    said = comment(
        seal, [replace(run, start=replace(run.start, stage=f"{run.stage}{n}")) for n, run in enumerate(long)], "0" * 64
    )
    assert len(said) < LONGEST
    assert said.splitlines()[1].startswith("## GO: ")
    assert "sha256:" + "0" * 64 in said


def test_the_verdict_stands_first_and_then_the_boxes(made: Forger) -> None:
    lines = made.file("comment.md").read_text().splitlines()
    assert lines[0] == "<!-- flipgate sign-off demo dev -->"
    assert lines[1] == "## GO: `Demo cutover`"
    boxes = [line for line in lines if line.startswith("- [")]
    assert [line[:5] for line in boxes] == ["- [x]"] * 3
    assert "`Box 2, DevOps: the report is attached` **GO** `box 2, DevOps: the operator" in boxes[1]


def test_what_the_suite_did_and_was_allowed_is_told(made: Forger) -> None:
    seal, (*others, last) = told(made)
    start = replace(last.start, allowed={"allow_write_capable": "one role | for all"})
    seen = (Witnessed("redis a:1", 40, 0, 1), Witnessed("gateway b:2", 8, 0, 0))
    runs = [replace(last, witnesses=seen), replace(last, start=start, witnesses=seen[:1])]
    said = comment(seal, [*others, *runs], "0" * 64)
    assert "40 calls to 1 system, 0 writes by the suite, 1 refused before they were sent." in said
    assert "were put up with at `sign_off`: `one role ¦ for all`" in said


def test_nothing_is_shown_as_nothing() -> None:
    assert inert("") == ""
    assert inert("\n") == "`\\x0a`"
