"""What comes from outside is shown, and cannot act."""

from __future__ import annotations

import pytest

from flipgate.core.errors import NoAnswer, Unreachable, first_bytes, visible


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("a\x1b[2Jb", r"a\x1b[2Jb"),
        ("line\nline\ttab\r", r"line\x0aline\x09tab\x0d"),
        ("\u202eevil", r"\u202eevil"),
        ("zero\u200bwidth", r"zero\u200bwidth"),
        ("no\u00a0break", r"no\xa0break"),
        ("\x7f\x9b", r"\x7f\x9b"),
        ("Tromsø → 東京 🙂", "Tromsø → 東京 🙂"),
    ],
)
def test_control_bidi_and_invisible_characters_become_visible(raw: str, shown: str) -> None:
    assert visible(raw) == shown


def test_long_text_is_cut_and_says_so() -> None:
    assert visible("x" * 300, 10) == "xxxxxxxxxx…"


def test_the_first_bytes_of_no_text_are_shown() -> None:
    assert first_bytes(b"\xff\x00<html>") == r"\xff\x00<html>"


def test_an_error_names_source_seen_and_query() -> None:
    error = Unreachable("redis", "no answer within 5 s", "GET a")
    assert isinstance(error, NoAnswer)
    assert str(error) == "redis: no answer within 5 s (asked: GET a)"
