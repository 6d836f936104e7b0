"""Every row of the fault catalogue that is the runner's own (K) has a test that proves it."""

from __future__ import annotations

import ast
import re

from tests.house.sources import at, files, tree

ROW = re.compile(r"[A-K][1-9][0-9]?")
RUNNER = {f"K{number}" for number in range(1, 20)}


def rows() -> dict[str, str]:
    """Which rows are proven, and where? By `@pytest.mark.row("K6", …)`."""
    found = {}
    for path in files("tests/*.py"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.row":
                found |= {ast.literal_eval(argument): at(path, node) for argument in node.args}
    return found


def test_every_row_of_the_runner_is_proven() -> None:
    assert RUNNER - set(rows()) == set()


def test_a_row_goes_by_the_catalogues_name() -> None:
    assert {where for row, where in rows().items() if not ROW.fullmatch(row)} == set()
