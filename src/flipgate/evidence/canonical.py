"""By which bytes, and by which digest, does a value go?

The bytes are RFC 8785's (JSON Canonicalization Scheme): any tool that keeps to it finds the same digest. Its numbers
are doubles, so what no double holds is written as text: "NaN", "Infinity", "-Infinity", and whole numbers that would
be rounded. Cost: about 0.1 s a megabyte.
"""

from __future__ import annotations

import hashlib
import math
from typing import Any

import msgspec
import rfc8785

_LARGEST_WHOLE = 2**53 - 1


def canonical(value: object) -> bytes:
    """What are the canonical bytes of this value? Decoded and written again, they are the same.

    >>> canonical({"b": 1.0, "a": float("nan")})
    b'{"a":"NaN","b":1}'
    """
    return rfc8785.dumps(plain(value))


def plain(value: object) -> Any:
    """Which JSON is this value, once what no double holds is text?"""
    return _plain(msgspec.to_builtins(value, str_keys=True))


def digest(raw: bytes) -> str:
    """By which name do these bytes go?"""
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _plain(tree: Any) -> Any:
    if isinstance(tree, dict):
        return {key: _plain(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_plain(value) for value in tree]
    if isinstance(tree, float):
        return tree if math.isfinite(tree) else "NaN" if math.isnan(tree) else "Infinity" if tree > 0 else "-Infinity"
    if isinstance(tree, int) and abs(tree) > _LARGEST_WHOLE:
        return _rounded(tree)
    return tree


def _rounded(whole: int) -> float | str:
    """A double of this size is read back as a whole number, and has to be written as the double that it was."""
    try:
        double = float(whole)
    except OverflowError:
        return str(whole)
    return double if rfc8785.dumps(double).decode() == str(whole) else str(whole)
