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
from dataclasses import dataclass
from pathlib import Path

from flipgate.evidence.allure import CATEGORIES
from flipgate.evidence.markup import Markup, element, together
from flipgate.evidence.page import STYLE

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


_COLOURS = {"GO": "#116b3a", "HOLD": "#8a5300", "STOP": "#b01e1e"}
# The first page lies over Allure's until its switch is pressed: Allure's own opens on whichever test comes first. No
# script is needed, and neither page's style reaches the other's.
_SWITCH = """
#app{padding-top:34px}
.flipgate-switch{position:absolute;opacity:0}
.flipgate-first{position:fixed;inset:34px 0 0 0;z-index:1000;overflow:auto;background:#f6f7f8}
.flipgate-strip{position:fixed;inset:0 0 auto 0;z-index:1001;height:34px;padding:0 12px;display:flex;gap:12px;
align-items:center;font:600 14px/20px system-ui,sans-serif;color:#fff}
.flipgate-strip span{flex:1;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.flipgate-strip label{flex:none;padding:2px 10px;border:1px solid currentColor;border-radius:5px;cursor:pointer}
.flipgate-switch:focus-visible~.flipgate-strip label{outline:2px solid #fff;outline-offset:2px}
.flipgate-switch:checked~.flipgate-first,.flipgate-switch:checked~.flipgate-strip .to-steps,
.flipgate-switch:not(:checked)~.flipgate-strip .to-first{display:none}
@media(prefers-color-scheme:dark){.flipgate-first{background:#101316}}
@media print{.flipgate-first{position:static}.flipgate-strip{position:static}
.flipgate-switch:not(:checked)~#app{display:none}}
"""


class NotMade(Exception):
    """Allure's HTML could not be made here, and why."""


@dataclass(frozen=True)
class Front:
    """On what a report opens: its verdict, its name, and the page that says it all in ten seconds."""

    verdict: str
    name: str
    opening: Markup


def make_html(results: Path, target: Path, front: Front, *, root: Path) -> Path:
    """Where is the one file that shows these results, behind their first page? It requests nothing from anywhere.

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
            f"{front.verdict} {front.name}",
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
        told = _behind(front, quiet(made.read_text(encoding="utf-8")))
        fresh.write_text(told, encoding="utf-8")
        return fresh.replace(target)


def quiet(page: str) -> str:
    """How does this page read without anything that asks another host?"""
    policy = f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    return _ANALYTICS.sub("", page).replace("<head>", f"<head>{policy}", 1)


def alone(front: Front) -> str:
    """How does the first page stand where there is no Allure to put it before?"""
    policy = _POLICY.replace("script-src 'unsafe-inline' 'unsafe-eval' data: blob:; ", "")
    head = Markup(f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">')
    title = element("title", f"{front.verdict} {front.name}")
    body = element("body", element("div", front.opening, class_="ground"))
    head = together(head, title, element("style", Markup(STYLE)))
    return f"<!doctype html>\n{element('html', element('head', head), body, lang='en')}\n"


def _behind(front: Front, page: str) -> str:
    """The strip with the verdict stays above both pages."""
    switch = Markup('<input type="checkbox" class="flipgate-switch" id="flipgate-switch" aria-label="show every step">')
    strip = element(
        "div",
        element("span", f"{front.verdict} · {front.name}"),
        element("label", "Every step", for_="flipgate-switch", class_="to-steps"),
        element("label", "First page", for_="flipgate-switch", class_="to-first"),
        class_="flipgate-strip",
        style=f"background:{_COLOURS[front.verdict]}",
    )
    inside = together(element("style", Markup(STYLE)), element("div", front.opening, class_="ground"))
    first = element("div", element("template", inside, shadowrootmode="open"), class_="flipgate-first")
    before = together(element("style", Markup(_SWITCH)), switch, strip, first)
    return page.replace("<body>", f"<body>{before}", 1)


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
