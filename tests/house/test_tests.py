"""A test that was not run is not green."""

from __future__ import annotations

import ast

from tests.house.sources import at, files, tree

EXCUSES = {"xfail", "skipif", "flaky", "reruns", "importorskip"}


def test_no_test_is_excused() -> None:
    """`pytest.skip` stays, for a component that the machine lacks; it is called with the words that name it."""
    words = [(path, n) for path in files("tests/*.py") for n in ast.walk(tree(path)) if isinstance(n, ast.Attribute)]
    assert [at(path, node) for path, node in words if node.attr in EXCUSES] == []
