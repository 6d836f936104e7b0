"""What is held to the rules: the project's files, the trees of its Python, the text of its features."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gherkin.parser import Parser

ROOT = Path(__file__).parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files(*patterns: str) -> tuple[Path, ...]:
    """Which files does the project consist of, those not committed yet included?"""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return tuple(path for line in sorted(set(listed.splitlines())) if (path := ROOT / line).is_file())


@cache
def tree(path: Path) -> ast.Module:
    """How does Python read this file?"""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def functions(path: Path) -> Iterator[Function]:
    """Which functions does this file define, nested ones included?"""
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def at(path: Path, node: ast.stmt | ast.expr) -> str:
    """Where is that? `src/flipgate/x.py:12`."""
    return f"{path.relative_to(ROOT)}:{node.lineno}"


@dataclass(frozen=True)
class Step:
    """One step of the text: its keyword as it counts (an And is what came before it), and its sentence."""

    keyword: str
    text: str


@dataclass(frozen=True)
class Scenario:
    """One scenario of the text, as written: `own` steps without those of its Background."""

    path: Path
    title: str
    tags: tuple[str, ...]
    own: tuple[Step, ...]
    background: tuple[Step, ...]
    prose: tuple[str, ...]

    def __repr__(self) -> str:
        return f"{self.path.relative_to(ROOT)}: {self.title}"


@cache
def scenarios() -> tuple[Scenario, ...]:
    """Which scenarios does the text of all features hold?"""
    return tuple(found for path in files("features/*.feature") for found in _scenarios(path))


def _scenarios(path: Path) -> Iterator[Scenario]:
    feature: Any = Parser().parse(path.read_text(encoding="utf-8"))["feature"]
    background: tuple[Step, ...] = ()
    prose = feature["description"].splitlines()
    for child in feature["children"]:
        if "background" in child:
            background = _steps(child["background"])
            prose += child["background"]["description"].splitlines()
            continue
        scenario = child["scenario"]
        tags = tuple(tag["name"].removeprefix("@") for tag in (*feature["tags"], *scenario["tags"]))
        lines = (*prose, *scenario["description"].splitlines())
        yield Scenario(path, scenario["name"], tags, _steps(scenario), background, lines)


def _steps(node: Any) -> tuple[Step, ...]:
    found: list[Step] = []
    for step in node["steps"]:
        word = step["keyword"].strip()
        found.append(Step(found[-1].keyword if word in ("And", "But") and found else word, step["text"]))
    return tuple(found)
