"""What does mutmut need to bend the gates? It passes over decorated functions, and each gate is one.

In a copy of the sources `@gate` above a function becomes `name = gate(name)` below it, which is the same to Python.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from pathlib import Path

import libcst as cst

ROOT = Path(__file__).parents[1]
COPY = ROOT / "build" / "bent"
COPIED = ("pyproject.toml", "conftest.py", "steps", "tests", "scripts", "src")
# These two mutmut knows how to bend.
KNOWN = ("staticmethod", "classmethod")


def prepare() -> Path:
    """Where does the copy lie, once it is up to date? What mutmut found in it before is kept."""
    COPY.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        _copied(ROOT / name, COPY / name)
    paths = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]["source_paths"]
    for path in (COPY / path for path in paths):
        for source in path.rglob("*.py") if path.is_dir() else [path]:
            _rewrite(source)
    return COPY


def undecorated(source: str) -> str:
    """How does this module read without decorators above its functions?"""
    return cst.parse_module(source).visit(_Below()).code


class _Below(cst.CSTTransformer):
    def leave_FunctionDef(  # noqa: N802 (libcst's name)
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef | cst.FlattenSentinel[cst.BaseStatement]:
        del original_node
        wrapped: cst.BaseExpression = updated_node.name
        for decorator in reversed(updated_node.decorators):
            wrapped = cst.Call(decorator.decorator, [cst.Arg(wrapped)])
        if wrapped is updated_node.name or cst.Module([]).code_for_node(wrapped).startswith(KNOWN):
            return updated_node
        below = cst.SimpleStatementLine([cst.Assign([cst.AssignTarget(updated_node.name)], wrapped)])
        return cst.FlattenSentinel([updated_node.with_changes(decorators=[]), below])


def _copied(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy2(source, target)


def _rewrite(path: Path) -> None:
    """The time of the last change stays: by it mutmut knows what it has bent already."""
    before = path.stat()
    path.write_text(undecorated(path.read_text(encoding="utf-8")), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
