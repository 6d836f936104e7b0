"""Which mutants of the judge has no test seen? `make mutants`; exit status 1 where there is one.

A mutant whose changed lines differ from the source only inside string literals bends the wording of a message, never a
verdict: it is counted, not held against anybody. What is compared with something, or looked up, is no wording.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

from scripts.undecorated import COPY, prepare

MUTMUT = Path(sys.executable).with_name("mutmut")
LOG = COPY / "mutmut.log"
UNSEEN = ("survived", "no tests", "suspicious", "segfault", "not checked")
# Text between quotes, unless it is compared or a key; inside an f-string the braces hold code, which counts.
LITERAL = re.compile(r"(get\(|[=!]= | in \(|\[)?(\"[^\"]*\"|'[^']*')")
CODE = re.compile(r"\{[^{}]*\}")


def main(*patterns: str) -> int:
    prepare()
    if not _bent(patterns):
        return 1
    told = [line.strip().partition(": ") for line in _mutmut("results", "--all", "true")]
    fates = {name: fate for name, _, fate in told if not patterns or any(fnmatch(name, one) for one in patterns)}
    diffs = {name: _diff(_mutmut("show", name)) for name, fate in fates.items() if fate in UNSEEN}
    alive = {name: diff for name, diff in diffs.items() if not only_words(*diff)}
    for name, (before, after) in alive.items():
        sys.stdout.write(f"{name}\n- {before}\n+ {after}\n\n")
    seen, words = len(fates) - len(diffs), len(diffs) - len(alive)
    sys.stdout.write(f"{len(fates)} mutants: {seen} seen by a test, {words} of wording only, {len(alive)} not seen\n")
    return 1 if alive else 0


def only_words(before: str, after: str) -> bool:
    """Do these lines differ only inside string literals?"""
    return before != after and _bare(before) == _bare(after)


def _bare(line: str) -> str:
    return LITERAL.sub(lambda found: found[0] if found[1] else _code(found[2]) or '""', line)


def _code(literal: str) -> str:
    return "".join(map(_bare, CODE.findall(literal)))


def _diff(lines: Iterable[str]) -> tuple[str, str]:
    changed = [line for line in lines if line[:1] in "-+" and line[:3] not in ("---", "+++")]
    before, after = ([line[1:].strip() for line in changed if line[0] == sign] for sign in "-+")
    return "\n".join(before), "\n".join(after)


def _bent(patterns: Iterable[str]) -> bool:
    with LOG.open("w") as log:
        ended = subprocess.run([MUTMUT, "run", *patterns], cwd=COPY, env=_plain(), stdout=log, stderr=log, check=False)
    if ended.returncode:
        sys.stderr.write(LOG.read_text(encoding="utf-8", errors="replace")[-2000:])
    return not ended.returncode


def _mutmut(*words: str) -> list[str]:
    ended = subprocess.run([MUTMUT, *words], cwd=COPY, capture_output=True, text=True, check=True)
    return [line for line in ended.stdout.splitlines() if line]


def _plain() -> dict[str, str]:
    """The tables need none of the suite's plugins; setting those up costs more than a table."""
    return {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
