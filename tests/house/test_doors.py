"""Who may speak to a system: drivers are imported below the doors, and clients are made in them alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.sources import ROOT, at, files, tree

DRIVERS = {"httpx", "httpcore", "grpc", "psycopg", "redis", "playwright", "websockets", "kubernetes", "requests"}
SPEAKING = ("safety", "probes", "rehearsal", "reconcile")
# What opens a connection, by the name that it is called with.
CLIENTS = {
    *("Redis", "StrictRedis", "ConnectionPool", "from_url", "SSLConnection"),
    *("connect", "Client", "AsyncClient", "urlopen", "socket", "create_connection", "open_connection"),
    *("insecure_channel", "secure_channel", "async_playwright", "sync_playwright", "HTTPConnection", "HTTPSConnection"),
}
# Standard ways out that no door watches.
OUTSIDE = {"http.client", "urllib.request", "ftplib", "smtplib", "telnetlib", "asyncio.streams"}


def test_only_who_speaks_to_systems_imports_a_driver() -> None:
    silent = [path for path in _suite() if _part(path) not in SPEAKING]
    assert [at(path, node) for path in silent for node in _imports(path, DRIVERS)] == []


def test_a_client_is_made_in_a_door_and_nowhere_else() -> None:
    judged = [path for path in _suite() if _part(path) not in ("safety", "rehearsal")]
    made = [(path, call) for path in judged for call in ast.walk(tree(path)) if isinstance(call, ast.Call)]
    assert [at(path, call) for path, call in made if _called(call) in CLIENTS] == []


def test_nobody_goes_out_past_the_doors() -> None:
    judged = [path for path in _suite() if _part(path) not in ("safety", "rehearsal")]
    assert [at(path, node) for path in judged for node in _imports(path, OUTSIDE, whole=True)] == []


def _suite() -> tuple[Path, ...]:
    return files("src/flipgate/*.py", "steps/*.py", "conftest.py")


def _part(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[2] if parts[:2] == ("src", "flipgate") and len(parts) > 3 else parts[0]


def _imports(path: Path, names: set[str], *, whole: bool = False) -> Iterator[ast.Import | ast.ImportFrom]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            named = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            if any((name if whole else name.partition(".")[0]) in names for name in named):
                yield node


def _called(call: ast.Call) -> str:
    function = call.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
