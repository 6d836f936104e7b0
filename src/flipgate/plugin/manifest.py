"""Which gates does the text hold, and can each of them be judged?

The Gherkin text is the authority: a run is whole only when every scenario that stands here was played, step by step.
What a runner would pass over in silence (an empty scenario, a second scenario of the same name, `then` for `Then`, a
no-break space after a keyword) is refused here.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from gherkin.errors import ParserError
from gherkin.parser import Parser

from flipgate.core.errors import Refused, visible
from flipgate.evidence.records import GateText, StepText
from flipgate.plugin.stages import STAGES

Node = Mapping[str, Any]  # a node of the Gherkin document, as the parser gives it
_KEYWORDS = {"Context": "Given", "Action": "When", "Outcome": "Then"}
_LARGEST_FILE = 1_000_000


@functools.cache
def gates_of(path: Path, root: Path) -> tuple[GateText, ...]:
    """Which gates does this feature file hold, in the order of the text? Ids read `features/x/y.feature::Title`.

    Errors: Refused, with file and line, for text that cannot be judged as it stands.
    """
    where = path.relative_to(root).as_posix()
    text = _text(path, where)
    try:
        document = Parser().parse(text)
    except ParserError as error:
        raise Refused(f"{where}: {visible(str(error))}") from error
    if not document.get("feature"):
        raise Refused(f"{where}: no feature in it")
    gates = tuple(_gates(document["feature"], where))
    titles = [gate.title for gate in gates]
    if twice := {title for title in titles if titles.count(title) > 1}:
        raise Refused(f"{where}: two scenarios are called {visible(min(twice))!r}; one of them would never run")
    return gates


def _text(path: Path, where: str) -> str:
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{where}: not readable as UTF-8 text: {visible(str(error))}") from error
    if len(raw) > _LARGEST_FILE:
        raise Refused(f"{where}: larger than {_LARGEST_FILE} bytes")
    for number, line in enumerate(text.splitlines(), start=1):
        if foreign := [char for char in line if unicodedata.category(char) in ("Cc", "Cf", "Zs", "Zl") and char != " "]:
            raise Refused(f"{where}:{number}: a character that does not show: {visible(foreign[0])}")
    return text


def _gates(feature: Node, where: str) -> Iterator[GateText]:
    background: Sequence[Node] = ()
    for child in feature["children"]:
        if "rule" in child:
            raise Refused(f"{where}:{child['rule']['location']['line']}: rules are not used; a feature is one question")
        if "background" in child:
            background = child["background"]["steps"]
            _check_description(child["background"]["description"], where, child["background"]["location"]["line"])
        else:
            yield _gate(feature, background, child["scenario"], where)
    _check_description(feature["description"], where, feature["location"]["line"])


def _gate(feature: Node, background: Sequence[Node], scenario: Node, where: str) -> GateText:
    at = f"{where}:{scenario['location']['line']}"
    if scenario["examples"] or scenario["keyword"] != "Scenario":
        raise Refused(f"{at}: a gate is one scenario, written out; outlines and examples are not used")
    _check_description(scenario["description"], where, scenario["location"]["line"])
    tags = tuple(tag["name"].removeprefix("@") for tag in (*feature["tags"], *scenario["tags"]))
    if len([tag for tag in tags if tag in STAGES]) != 1:
        raise Refused(f"{at}: exactly one stage tag is wanted, of {', '.join(STAGES)}")
    steps = _steps([*background, *scenario["steps"]], at)
    return GateText(
        id=f"{where}::{scenario['name']}",
        title=scenario["name"],
        feature=feature["name"],
        section=_tagged(tags, "section:"),
        owner=_tagged(tags, "owner:"),
        tags=tags,
        advice="\n".join(line.strip() for line in scenario["description"].strip().splitlines()),
        steps=steps,
    )


def _steps(steps: Sequence[Node], at: str) -> tuple[StepText, ...]:
    found: list[StepText] = []
    for step in steps:
        keyword = _KEYWORDS.get(step["keywordType"]) or (found[-1].keyword if found else "")
        if not keyword or step["keyword"].strip() == "*":
            raise Refused(f"{at}: a step begins with Given, When, Then, And or But")
        found.append(StepText(keyword, step["text"]))
    keywords = [step.keyword for step in found]
    if keywords.count("When") != 1 or "Then" not in keywords:
        raise Refused(f"{at}: a gate reads once (one When) and claims something of it (a Then)")
    if keywords != sorted(keywords, key=("Given", "When", "Then").index):
        raise Refused(f"{at}: the order is Given, When, Then")
    return tuple(found)


def _check_description(text: str, where: str, line: int) -> None:
    """A line of prose that looks like a misspelt step was meant as one, and would never run."""
    for row in text.splitlines():
        word = row.strip().split(" ")[0].rstrip(":")
        if word.lower() in ("given", "when", "then", "and", "but", "scenario", "thne", "wehn", "*"):
            raise Refused(f"{where}:{line}: a line of the description begins with {visible(word)!r}; was a step meant?")


def _tagged(tags: Sequence[str], prefix: str) -> str:
    return next((tag.removeprefix(prefix) for tag in tags if tag.startswith(prefix)), "")
