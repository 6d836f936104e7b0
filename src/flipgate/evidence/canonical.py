"""By which bytes, and by which digest, does a value go?

The bytes are RFC 8785's (JSON Canonicalization Scheme): any tool that keeps to it finds the same digest. Its numbers
are doubles, so what no double holds is written as text: "NaN", "Infinity", "-Infinity", and whole numbers that would
be rounded.

Cost: about 0.03 s a megabyte. Python's own encoder writes most values to the letter as the scheme wants them; those
with a number or a key that the two write or order differently are left to the scheme's library.
"""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

import msgspec
import rfc8785

_LARGEST_WHOLE = 2**53 - 1
_SMALLEST_PLAIN, _LARGEST_PLAIN = 1e-4, 1e15  # between them Python writes a double without an exponent


def canonical(value: object) -> bytes:
    """What are the canonical bytes of this value? Decoded and written again, they are the same.

    >>> canonical({"b": 1.0, "a": float("nan")})
    b'{"a":"NaN","b":1}'
    """
    odd: list[object] = []
    tree = _plain(msgspec.to_builtins(value, str_keys=True), odd)
    if odd:
        return rfc8785.dumps(tree)
    try:
        return json.dumps(tree, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode()
    except UnicodeEncodeError:
        return rfc8785.dumps(tree)  # which says what is wrong with it


def plain(value: object) -> Any:
    """Which JSON is this value, once what no double holds is text?"""
    return _plain(msgspec.to_builtins(value, str_keys=True), [])


def digest(raw: bytes) -> str:
    """By which name do these bytes go?"""
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def _plain(tree: Any, odd: list[object]) -> Any:
    """`odd` gathers what only the scheme's library writes or orders as the scheme wants it."""
    kind = type(tree)
    if kind is float:
        return _double(tree, odd)
    if kind is dict:
        odd.extend(key for key in tree if not key.isascii())
        return {key: _plain(value, odd) for key, value in tree.items()}
    if kind is list or kind is tuple:
        return [_plain(value, odd) for value in tree]
    if kind is int and not -_LARGEST_WHOLE <= tree <= _LARGEST_WHOLE:
        odd.append(tree)
        return _rounded(tree)
    return tree


def _double(number: float, odd: list[object]) -> float | int | str:
    if not math.isfinite(number):
        return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
    if number.is_integer() and abs(number) <= _LARGEST_WHOLE:
        return int(number)
    if not _SMALLEST_PLAIN <= abs(number) < _LARGEST_PLAIN:
        odd.append(number)
    return number


def _rounded(whole: int) -> float | str:
    """A double of this size is read back as a whole number, and has to be written as the double that it was."""
    try:
        double = float(whole)
    except OverflowError:
        return str(whole)
    return double if rfc8785.dumps(double).decode() == str(whole) else str(whole)
