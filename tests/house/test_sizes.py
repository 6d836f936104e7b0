"""Code stays small enough to be read at a sitting."""

from __future__ import annotations

import ast

from tests.house.sources import Function, at, files, functions, tree

JUDGED = ("src/*.py", "steps/*.py", "conftest.py")
ALL = (*JUDGED, "tests/*.py", "benchmarks/*.py")
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}


def test_the_rules_have_something_to_hold() -> None:
    assert len(files(*JUDGED)) > 100


def test_a_file_has_at_most_300_lines() -> None:
    assert [path for path in files(*ALL) if len(path.read_text().splitlines()) > 300] == []


def test_a_function_has_at_most_40_lines() -> None:
    long = {at(path, node): _lines(node) for path in files(*ALL) for node in functions(path) if _lines(node) > 40}
    assert long == {}


def test_a_function_takes_at_most_6_parameters() -> None:
    """But a command: its parameters are its options, and nobody calls it with all of them in a row."""
    called = [(path, node) for path in files(*ALL) for node in functions(path) if not _is_command(node)]
    assert [at(path, node) for path, node in called if len(_parameters(node)) > 6] == []


def test_a_file_is_named_by_the_noun_that_it_answers_for() -> None:
    assert [path for path in files(*ALL) if SAYS_NOTHING & {path.stem, path.parent.name}] == []


def test_what_is_public_says_what_it_answers() -> None:
    silent = [
        at(path, node)
        for path in files("src/*.py", ":!src/flipgate/rehearsal/services")  # programs, which nobody imports
        for node in tree(path).body
        if isinstance(node, ast.ClassDef | Function) and _answers(node) and not ast.get_docstring(node)
    ]
    assert silent == []


def test_every_module_says_what_it_is_for() -> None:
    assert [path for path in files(*JUDGED) if path.read_text() and not ast.get_docstring(tree(path))] == []


def _answers(node: ast.ClassDef | Function) -> bool:
    """Is it public, and more than the shape of somebody else's data?"""
    has_behaviour = isinstance(node, Function) or any(isinstance(part, Function) for part in node.body)
    return has_behaviour and not node.name.startswith("_")


def _lines(node: Function) -> int:
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno + 1


def _is_command(node: Function) -> bool:
    return any(ast.unparse(decorator) == "app.command()" for decorator in node.decorator_list)


def _parameters(node: Function) -> list[str]:
    arguments = node.args
    names = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]
    return [name for name in names if name not in ("self", "cls")]
