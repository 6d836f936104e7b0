"""A verdict never hangs on an assert, and nothing waits by the clock where it can wait for an event."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import at, files, tree

JUDGE = tuple(f"src/flipgate/{name}/*.py" for name in ("core", "config", "gates", "evidence"))
PATIENT = ("src/flipgate/probes/*.py", "src/flipgate/safety/*.py", "tests/*.py")
IMPURE = {"os", "io", "pathlib", "time", "random", "secrets", "socket", "subprocess", "urllib"}
PATCHERS = {"unittest", "mock", "pytest_mock"}


def test_an_assert_only_tells_the_type_checker_what_is_known() -> None:
    """`python -O` drops asserts: outside tests they may say that a value is there or of a type, never judge one."""
    asserts = [(path, node) for path in files("src/*.py", "steps/*.py", "conftest.py") for node in _asserts(path)]
    assert [at(path, node) for path, node in asserts if not _narrows(node.test)] == []


def test_the_judge_never_sleeps() -> None:
    assert [at(path, call) for path in files(*JUDGE, "steps/*.py") for call in _sleeps(tree(path))] == []


def test_who_may_wait_sleeps_only_between_two_looks() -> None:
    """In a loop that asks whether it has happened yet; a bare sleep is a guess."""
    asleep = {at(path, call) for path in files(*PATIENT) for call in _sleeps(tree(path))}
    loops = [(p, n) for p in files(*PATIENT) for n in ast.walk(tree(p)) if isinstance(n, ast.While | ast.For)]
    polling = {at(path, call) for path, loop in loops for call in _sleeps(loop)}
    assert sorted(asleep - polling) == []


def test_no_gate_reads_a_clock_or_opens_anything() -> None:
    """A gate is given its observation and its figures; what came in by another door could not be computed again."""
    gates = files("src/flipgate/gates/*.py")
    assert [at(path, node) for path in gates for node in _imports(path) if IMPURE & _modules(node)] == []
    assert [at(path, call) for path in gates for call in _calls(tree(path), "now", "today", "utcnow", "open")] == []


def test_no_test_patches_what_it_tests() -> None:
    """The environment of a process may be set; a fake goes in through the one seam."""
    tests, calls = files("tests/*.py"), ("setattr", "setitem", "patch", "object")
    assert [at(path, node) for path in tests for node in _imports(path) if PATCHERS & _modules(node)] == []
    assert [at(path, call) for path in tests for call in _calls(tree(path), *calls)] == []


def _asserts(path: Path) -> Iterator[ast.Assert]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Assert))


def _narrows(test: ast.expr) -> bool:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return all(_narrows(part) for part in test.values)
    if isinstance(test, ast.Compare):
        return isinstance(test.ops[0], ast.IsNot) and ast.unparse(test.comparators[0]) == "None"
    return isinstance(test, ast.Call) and ast.unparse(test.func) == "isinstance"


def _sleeps(within: ast.AST) -> Iterator[ast.Call]:
    return _calls(within, "sleep")


def _calls(within: ast.AST, *names: str) -> Iterator[ast.Call]:
    return (node for node in ast.walk(within) if isinstance(node, ast.Call) and _last_word(node.func) in names)


def _last_word(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _imports(path: Path) -> Iterator[ast.Import | ast.ImportFrom]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Import | ast.ImportFrom))


def _modules(node: ast.Import | ast.ImportFrom) -> set[str]:
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return {name.partition(".")[0] for name in names}
