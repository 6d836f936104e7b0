"""Which sentences may a gate be spoken in, what does each mean, and where is it used? The text of features/README.md.

Made from the definitions in steps/ and from the features. The runbook with the most gates gives the examples, so that a
new one changes nothing here until it speaks a sentence of its own.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from flipgate.core.errors import Refused, visible
from flipgate.evidence.records import GateText, StepText
from flipgate.plugin.manifest import gates_of
from flipgate.plugin.options import FEATURES, runbooks_of
from flipgate.plugin.sentences import ELSE_HOLD, VOCABULARY, Sentence

PAGE = Path(FEATURES) / "README.md"
_COMMAND = "flipgate glossary --write"
_KEYWORDS = {
    "Given": "guards: what must be true for the question to make sense; unmet, the gate is HOLD",
    "When": "the one reading of a gate; no answer is HOLD",
    "Then": f'claims about that reading, "its"; wrong, the gate is STOP, or HOLD where the claim ends in `{ELSE_HOLD}`',
}
_FIGURES = {
    "name": '`"gateway"`, in double quotes',
    "duration": "`30 seconds`, `1 minute`, `24 hours`, `7 days`",
    "percent": "`0.5 %`",
    "ms": "`7 ms`",
    "count": "`100`",
    "number": "`1.5`",
    "truth": "`true` or `false`",
}


@dataclass(frozen=True)
class Spoken:
    """A step of a feature, and the gate that speaks it."""

    step: StepText
    gate: GateText


def glossary(root: Path) -> str:
    """What does features/README.md hold?

    Errors: Refused where the project has no sentences, or a feature cannot be read.
    """
    nouns = [importlib.import_module(name) for name in _sentences(root)]
    spoken = _spoken(root)
    return "\n".join([*_head(nouns), *(line for noun in nouns for line in _noun(noun, spoken))]) + "\n"


def _sentences(root: Path) -> tuple[str, ...]:
    if not (root / "steps" / "__init__.py").is_file():
        raise Refused("no steps/ in this folder: run it where the project's README.md lies")
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    return tuple(sorted(importlib.import_module("steps").SENTENCES))


def _spoken(root: Path) -> tuple[Spoken, ...]:
    """Every step of every gate; the runbook with the most gates first, then the order of paths and texts."""
    folders = (root / FEATURES / name for name in runbooks_of(root))
    gates = [
        [gate for path in sorted(folder.rglob("*.feature")) for gate in gates_of(path, root)] for folder in folders
    ]
    ordered = sorted(gates, key=len, reverse=True)
    return tuple(Spoken(step, gate) for runbook in ordered for gate in runbook for step in gate.steps)


def _head(nouns: Sequence[ModuleType]) -> Iterator[str]:
    yield "# Glossary of sentences"
    yield ""
    yield f"Made from `steps/` by `{_COMMAND}`. A gate is spoken in these sentences and no others; how one comes"
    yield "to be: [Write your own runbook](../docs/write-a-runbook.md)."
    yield ""
    yield "| keyword | begins |"
    yield "|---|---|"
    yield from (f"| **{keyword}** | {meaning} |" for keyword, meaning in _KEYWORDS.items())
    yield ""
    yield "What stands in braces is a figure or a name that the feature states:"
    yield ""
    yield "| figure | is written |"
    yield "|---|---|"
    yield from (f"| `{{…:{unit}}}` | {written} |" for unit, written in _FIGURES.items())
    yield ""
    yield " · ".join(f"[{_name(noun)}](#{_name(noun).lower()})" for noun in nouns)


def _noun(noun: ModuleType, spoken: Sequence[Spoken]) -> Iterator[str]:
    yield ""
    yield f"## {_name(noun)}"
    yield ""
    yield f"{inspect.getdoc(noun)}"
    own = [sentence for sentence in VOCABULARY if sentence.module == noun.__name__]
    for keyword in _KEYWORDS:
        for sentence in (one for one in own if one.keyword == keyword):
            yield from _entry(sentence, spoken)


def _entry(sentence: Sentence, spoken: Sequence[Spoken]) -> Iterator[str]:
    yield ""
    yield f"- **{sentence.keyword}** `{sentence.text}`\\"
    yield f"  {' '.join(sentence.meaning.split())}\\"
    used = _first_use(sentence, spoken)
    if used is None:
        yield "  Not used yet."
        return
    path = used.gate.id.partition("::")[0].removeprefix(f"{FEATURES}/")
    example = f"`{used.step.text}` in " if "{" in sentence.text else ""
    yield f"  Example: {example}[{path}]({path}), “{used.gate.title}”"


def _first_use(sentence: Sentence, spoken: Iterable[Spoken]) -> Spoken | None:
    steps = (one for one in spoken if one.step.keyword == sentence.keyword)
    return next((one for one in steps if sentence.pattern.is_matching(one.step.text)), None)


def _name(noun: ModuleType) -> str:
    return noun.__name__.rpartition(".")[2].capitalize()


def write(root: Path) -> bool:
    """Is the page of the project another one than before? It is written where it differs.

    Errors: Refused.
    """
    page, text = root / PAGE, glossary(root)
    try:
        if page.is_file() and page.read_text(encoding="utf-8") == text:
            return False
        page.write_text(text, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{PAGE}: {visible(str(error))}") from error
    return True
