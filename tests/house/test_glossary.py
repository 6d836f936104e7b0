"""features/README.md is what `flipgate glossary` prints: each sentence of steps/, with an example that is spoken."""

from __future__ import annotations

import re
import subprocess
import sys

from flipgate.plugin.glossary import PAGE, glossary
from flipgate.plugin.sentences import VOCABULARY
from steps import SENTENCES
from tests.house.sources import ROOT, scenarios

TEXT = (ROOT / PAGE).read_text(encoding="utf-8")


def test_the_page_is_what_the_command_makes() -> None:
    """`make glossary` writes it anew."""
    assert glossary(ROOT) == TEXT


def test_a_process_of_its_own_prints_the_same() -> None:
    words = [sys.executable, "-m", "flipgate.cli", "glossary"]
    printed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert printed == TEXT


def test_it_tells_every_sentence_once_with_its_meaning() -> None:
    spoken = [one for one in VOCABULARY if one.module in SENTENCES]
    told = re.findall(r"^- \*\*(\w+)\*\* `(.+)`\\\n  (.+?)\\?$", TEXT, re.MULTILINE)
    assert sorted(told) == sorted((one.keyword, one.text, " ".join(one.meaning.split())) for one in spoken)


def test_an_example_leads_to_a_gate_that_speaks_it() -> None:
    examples = re.findall(r"^  Example: (?:`(.+)` in )?\[[^]]+\]\((.+?)\), “(.+)”$", TEXT, re.MULTILINE)
    assert len(examples) == TEXT.count("\n- **")
    gates = {(str(s.path.relative_to(ROOT / "features")), s.title): {step.text for step in (*s.background, *s.own)}
             for s in scenarios()}  # fmt: skip
    assert [where for text, *where in examples if text and text not in gates[where[0], where[1]]] == []
