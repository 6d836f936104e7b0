"""Can Allure make its HTML here, and does that file keep to itself?

Allure's command line comes from `npm ci` in the project's folder and runs on the machine's Node or on the one that
Playwright brings. Its page names an analytics host and offers no switch: the script is cut out, and a policy in the
page forbids every request, whatever else it may hold.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from flipgate.evidence.allure import CATEGORIES
from flipgate.evidence.markup import Markup, element

_DEADLINE_S = 60
_ANALYTICS = re.compile(
    r"<script\b[^>]*\bsrc=\"https?://[^>]*></script>\s*(?:<script\b[^>]*>(?:(?!</script>).)*?\bgtag\((?:(?!</script>).)*?</script>)?",
    re.DOTALL,
)
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob:; style-src 'unsafe-inline' data: blob:; "
    "img-src data: blob:; font-src data: blob:; media-src data: blob:; connect-src data: blob:; frame-src data: blob:; "
    "worker-src data: blob:; form-action 'none'"
)


# Allure's page scrolls to its first test: the verdict stands above it, and stays there.
_STRIP = (
    "position:fixed;inset:0 0 auto 0;z-index:1000;padding:5px 16px;font:600 14px/20px system-ui,sans-serif;color:#fff;"
    "white-space:nowrap;overflow:hidden;text-overflow:ellipsis;background:"
)
_COLOURS = {"GO": "#116b3a", "HOLD": "#8a5300", "STOP": "#b01e1e"}


class NotMade(Exception):
    """Allure's HTML could not be made here, and why."""


def make_html(results: Path, target: Path, *, verdict: str, name: str, root: Path) -> Path:
    """Where is the one file that shows these results, under their verdict? It requests nothing from anywhere.

    Errors: NotMade where Node or Allure is missing or fails. Cost: one to two seconds, 4 MB.
    """
    node, command = _node(), root / "node_modules" / "allure" / "cli.js"
    if node is None or not command.is_file():
        raise NotMade("Allure is not installed here: npm ci")
    with tempfile.TemporaryDirectory(prefix="flipgate-report-") as scratch:
        words = [
            str(node),
            str(command),
            "awesome",
            "--single-file",
            "--report-name",
            f"{verdict} {name}",
            "--output",
            "made",
        ]
        words += ["--group-by", "parentSuite,suite", "--report-language", "en", str(results.absolute())]
        Path(scratch, "allurerc.json").write_text(json.dumps({"categories": CATEGORIES}), encoding="utf-8")
        _run(words, Path(scratch))
        made = Path(scratch, "made", "index.html")
        if not made.is_file():
            raise NotMade("Allure ended without a page")
        fresh = target.with_suffix(".new")
        told = _under(verdict, name, quiet(made.read_text(encoding="utf-8")))
        fresh.write_text(told, encoding="utf-8")
        return fresh.replace(target)


def quiet(page: str) -> str:
    """How does this page read without anything that asks another host?"""
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    return _ANALYTICS.sub("", page).replace("<head>", f"<head>{policy}", 1)


def _under(verdict: str, name: str, page: str) -> str:
    strip = element("div", f"{verdict} · {name}", style=_STRIP + _COLOURS[verdict])
    room = Markup("<style>#app{padding-top:30px}</style>")
    return page.replace("<body>", f"<body>{room}{strip}", 1)


def _node() -> Path | None:
    """Which Node is there? The machine's own, else the one inside Playwright's package."""
    if found := shutil.which("node"):
        return Path(found)
    package = importlib.util.find_spec("playwright")
    folders = (package.submodule_search_locations or []) if package else []
    bundled = [Path(folder, "driver", "node") for folder in folders]
    return next((path for path in bundled if path.is_file()), None)


def _run(words: list[str], scratch: Path) -> None:
    environ = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(scratch), "ALLURE_NO_ANALYTICS": "true"}
    try:
        ended = subprocess.run(
            words, cwd=scratch, env=environ, capture_output=True, timeout=_DEADLINE_S, check=False, text=True
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotMade(f"Allure did not run: {error}") from error
    if ended.returncode:
        raise NotMade(f"Allure ended with {ended.returncode}: {ended.stderr[-300:]}")
