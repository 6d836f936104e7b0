"""What can go wrong, and which verdict does it make?

FlipgateError
├── Refused            wrong use or configuration: exit 30, before any gate runs
└── NoAnswer           a question that got no usable answer: HOLD
    ├── NotConfigured  the environment names no such system
    ├── Unreachable    the system is away, refuses, or hangs past its deadline
    ├── Malformed      it answered, but not in its own protocol (first bytes are shown, made harmless)
    ├── NoData         it answered with nothing: no series, no rows, NaN
    └── Ambiguous      it answered with more than one thing where one was asked

Stopped (an AssertionError) and Held end a scenario after its last step; nothing else raises them.
"""

from __future__ import annotations


class FlipgateError(Exception):
    """The root of all errors that flipgate raises on purpose."""


class Refused(FlipgateError):
    """The run cannot begin: wrong use, wrong configuration. One sentence for the reader, exit 30."""


class NoAnswer(FlipgateError):
    """A system gave no usable answer: HOLD. Says the source, what was seen, and what was asked."""

    def __init__(self, source: str, seen: str, asked: str = "") -> None:
        self.source, self.seen, self.asked = source, seen, asked
        super().__init__(f"{source}: {seen}" + (f" (asked: {asked})" if asked else ""))


class NotConfigured(NoAnswer):
    """The environment file names no such system."""


class Unreachable(NoAnswer):
    """The system is away, refuses the connection, or did not answer before the deadline."""


class Malformed(NoAnswer):
    """The system answered with something that is not its protocol."""


class NoData(NoAnswer):
    """The system answered with nothing to judge: no series, no rows, no samples, NaN."""


class Ambiguous(NoAnswer):
    """The system answered with several things where exactly one was asked."""


class Stopped(AssertionError):
    """A gate's verdict is STOP. Raised once, at the end of a scenario."""


class Held(FlipgateError):
    """A gate's verdict is HOLD. Raised once, at the end of a scenario."""


def visible(text: str, limit: int = 200) -> str:
    """How does foreign text read without being able to act? Control, bidi and invisible characters become escapes.

    >>> visible("a\\x1b[2Jb")
    'a\\\\x1b[2Jb'
    """
    cut = text[: limit + 1]
    shown = cut[:limit]
    # Printable is what is in none of Unicode's groups C and Z, and the space.
    if not shown.isprintable():
        shown = "".join(char if char.isprintable() else _escaped(char) for char in shown)
    return shown + ("…" if len(cut) > limit else "")


def _escaped(char: str) -> str:
    return f"\\x{ord(char):02x}" if ord(char) < 0x100 else char.encode("unicode_escape").decode("ascii")


def first_bytes(raw: bytes, limit: int = 120) -> str:
    """How does an answer begin, harmlessly shown?"""
    return visible(raw[: limit * 4].decode("utf-8", "backslashreplace"), limit)
