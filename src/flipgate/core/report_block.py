"""The machine-readable end of a daily report: the figures of its tables again, sealed together with its text.

A fenced block whose opening line is "```json reconciliation" holds one JSON object. Its `sha256` is taken over the
lines outside the block, blank ones and line ends left aside, and over the object without it: a report that was edited
by hand no longer matches. A report written by hand has no such block.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

_OPENS, _CLOSES = "```json reconciliation", "```"
_SEAL = "sha256"


@dataclass(frozen=True)
class Block:
    """What the block of a report says, and what is wrong with it, in words."""

    figures: Mapping[str, object]
    problems: tuple[str, ...]


def sealed(text: str, figures: Mapping[str, object]) -> str:
    """How does this text end with the block of its figures?"""
    object_ = {**figures, _SEAL: _seal(text.split("\n"), figures)}
    return f"{text}\n{_OPENS}\n{json.dumps(object_, indent=2, ensure_ascii=False)}\n{_CLOSES}\n"


def block(lines: list[str]) -> Block | None:
    """What does the block among these lines say? None where there is none."""
    opened = [number for number, line in enumerate(lines) if line.rstrip() == _OPENS]
    if not opened:
        return None
    first = opened[0]
    last = next((n for n in range(first + 1, len(lines)) if lines[n].rstrip() == _CLOSES), None)
    if len(opened) > 1 or last is None:
        return Block({}, (f"{len(opened)} blocks of figures",) if last else ("its block of figures has no end",))
    try:
        figures = json.loads("\n".join(lines[first + 1 : last]))
    except (ValueError, RecursionError):
        figures = None
    if not isinstance(figures, dict):
        return Block({}, ("its block of figures is no JSON object",))
    stated = figures.pop(_SEAL, None)
    fits = stated == _seal([*lines[:first], *lines[last + 1 :]], figures)
    return Block(figures, () if fits else ("its digest is not that of its text: it was edited after it was written",))


def _seal(lines: list[str], figures: Mapping[str, object]) -> str:
    text = "\n".join(line.rstrip() for line in lines if line.strip())
    canonical = json.dumps(figures, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{text}\n{canonical}".encode()).hexdigest()
