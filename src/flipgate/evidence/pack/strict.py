"""What does this JSON hold, read so that no two readers can read it differently?"""

from __future__ import annotations

import json
from typing import Any, NoReturn


def strict(raw: bytes) -> Any:
    """Errors: ValueError: no UTF-8, a byte order mark, equal keys, NaN, nesting without end."""
    text = raw.decode("utf-8")
    if text.startswith("\ufeff"):
        raise ValueError("it begins with a byte order mark")
    try:
        return json.loads(text, object_pairs_hook=_unequal, parse_constant=_no_constant)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _unequal(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("an object has two equal keys")
    return dict(pairs)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
