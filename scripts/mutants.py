"""Which mutants of the judge has no test seen? `make mutants`; exit status 1 where there is one.

A mutant whose changed lines differ from the source only inside string literals bends the wording of a message, never a
verdict: it is counted, not held against anybody.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

MUTMUT = Path(sys.executable).with_name("mutmut")
UNSEEN = ("survived", "no tests", "suspicious", "segfault", "not checked")
# Text between quotes; inside an f-string the braces hold code, which counts.
LITERAL = re.compile(r"\"[^\"]*\"|'[^']*'")
CODE = re.compile(r"\{[^{}]*\}")


def main() -> int:
    told = [line.strip().partition(": ") for line in _mutmut("results")]
    unseen = [name for name, _, fate in told if fate in UNSEEN]
    diffs = {name: _diff(_mutmut("show", name)) for name in unseen}
    alive = {name: diff for name, diff in diffs.items() if not only_words(*diff)}
    for name, (before, after) in alive.items():
        sys.stdout.write(f"{name}\n- {before}\n+ {after}\n\n")
    sys.stdout.write(f"{len(alive)} mutants that no test has seen; {len(unseen) - len(alive)} of wording only\n")
    return 1 if alive else 0


def only_words(before: str, after: str) -> bool:
    """Do these lines differ only inside string literals?"""
    return before != after and _bare(before) == _bare(after)


def _bare(line: str) -> str:
    return LITERAL.sub(lambda text: "".join(CODE.findall(text[0])) or '""', line)


def _diff(lines: Iterable[str]) -> tuple[str, str]:
    changed = [line for line in lines if line[:1] in "-+" and line[:3] not in ("---", "+++")]
    before, after = ([line[1:].strip() for line in changed if line[0] == sign] for sign in "-+")
    return "\n".join(before), "\n".join(after)


def _mutmut(*words: str) -> list[str]:
    ended = subprocess.run([MUTMUT, *words], capture_output=True, text=True, check=True)
    return [line for line in ended.stdout.splitlines() if line]


if __name__ == "__main__":
    sys.exit(main())
