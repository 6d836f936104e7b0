"""The vocabulary is closed: every sentence has one definition, every definition is spoken, and all sound alike."""

from __future__ import annotations

import ast
import importlib
import re
from collections import Counter
from pathlib import Path
from typing import TypeGuard

import pytest

from flipgate.plugin.sentences import ELSE_HOLD, VOCABULARY, Pattern, Sentence
from steps import SENTENCES
from tests.house.sources import Function, Step, at, files, scenarios, tree

FOREIGN = re.compile(r"\b(I|we|you|should|must|will|click\w*|press\w*|quer(y|ies)|select\w*|endpoint)\b")
QUOTED = re.compile(r'"[^"]*"')
BARE_NAME = re.compile(r"\w*[a-z]\w*[_.:/]\w+")
LIMIT = re.compile(r"(?<![\w.])(?:[1-9]|0\.)")


def test_every_file_of_steps_is_part_of_the_vocabulary() -> None:
    assert {f"steps.{path.stem}" for path in files("steps/*.py") if path.stem != "__init__"} == set(SENTENCES)


def test_no_sentence_is_defined_twice() -> None:
    shapes = Counter((s.keyword, re.sub(r"\{\w+:(\w+)\}", r"{\1}", s.text)) for s in _vocabulary())
    assert [shape for shape, times in shapes.items() if times > 1] == []


def test_a_step_of_a_feature_matches_one_definition() -> None:
    matches = {step: _definitions(step) for step in _spoken()}
    assert {step: found for step, found in matches.items() if len(found) != 1} == {}


def test_every_definition_is_spoken() -> None:
    used = {sentence for step in _spoken() for sentence in _definitions(step)}
    assert [sentence for sentence in _vocabulary() if sentence not in used] == []


def test_a_definition_says_what_its_words_mean() -> None:
    assert [sentence for sentence in _vocabulary() if not sentence.meaning] == []


def test_a_sentence_is_plain_present_tense_about_systems() -> None:
    assert [step.text for step in _spoken() if FOREIGN.search(step.text)] == []


def test_a_name_of_a_system_stands_in_quotes() -> None:
    assert [step.text for step in _spoken() if BARE_NAME.search(QUOTED.sub("", step.text))] == []


def test_a_limit_stands_in_the_feature_and_nowhere_else() -> None:
    assert [sentence.text for sentence in _vocabulary() if LIMIT.search(sentence.text)] == []
    numbers = [(path, node) for path in files("steps/*.py") for node in ast.walk(tree(path)) if _is_number(node)]
    assert [f"{at(path, node)}: {node.value!r}" for path, node in numbers] == []


@pytest.mark.row("C12")
@pytest.mark.parametrize("figure", ["inf", "nan", "true", "-1", "7e0", "1_0", "+7", "0x7", "7,5", ""])
def test_what_is_no_plain_figure_is_spoken_nowhere(figure: str) -> None:
    """An undefined sentence is refused before any gate runs."""
    spoken = {step for step in _spoken() if " 7 ms" in step.text}
    wrong = [Step(step.keyword, step.text.replace(" 7 ms", f" {figure} ms")) for step in spoken]
    assert wrong
    assert [step for step in wrong if _definitions(step)] == []


def test_only_a_claim_may_hold_instead() -> None:
    assert [step for step in _spoken() if step.keyword != "Then" and ELSE_HOLD in step.text] == []


def test_a_step_is_one_line_of_thought() -> None:
    steps = [(path, node) for path in files("steps/*.py") for node in tree(path).body if _is_step(node)]
    assert len(steps) == len(_vocabulary())
    assert [at(path, node) for path, node in steps if _body_lines(node) > 6] == []
    loops = (ast.For, ast.While, ast.Try, ast.With)
    assert [at(path, node) for path, node in steps if any(isinstance(part, loops) for part in ast.walk(node))] == []


def test_every_gate_is_spoken_for_by_a_step() -> None:
    spoken = {name for path in files("steps/*.py") for name in _gates_called(path)}
    assert sorted(_gates() - spoken) == []


def _vocabulary() -> list[Sentence]:
    for name in SENTENCES:
        importlib.import_module(name)
    return [sentence for sentence in VOCABULARY if sentence.module in SENTENCES]


def _spoken() -> set[Step]:
    return {step for scenario in scenarios() for step in (*scenario.background, *scenario.own)}


def _definitions(step: Step) -> list[Sentence]:
    return [s for s in _vocabulary() if s.keyword == step.keyword and Pattern(s.text).is_matching(step.text)]


def _is_step(node: ast.stmt) -> bool:
    words = ("given", "when", "then")
    return isinstance(node, Function) and any(
        isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id in words
        for mark in node.decorator_list
    )


def _is_number(node: ast.AST) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float)


def _body_lines(node: ast.stmt) -> int:
    assert isinstance(node, Function)
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def _gates() -> set[str]:
    """Every function under `@gate`, as `module.name`."""
    return {
        f"{path.stem}.{node.name}"
        for path in files("src/flipgate/gates/*.py")
        for node in tree(path).body
        if isinstance(node, Function) and any(isinstance(m, ast.Name) and m.id == "gate" for m in node.decorator_list)
    }


def _gates_called(path: Path) -> set[str]:
    nodes = [node for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)]
    return {f"{node.value.id}.{node.attr}" for node in nodes if isinstance(node.value, ast.Name)}
