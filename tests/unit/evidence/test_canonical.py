"""The same value has the same bytes everywhere, and a record read and written again is the same."""

from __future__ import annotations

import hashlib
import math

import msgspec
import pytest

from flipgate.evidence.canonical import canonical, digest


def test_the_example_of_the_standard_has_the_bytes_of_the_standard() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '€$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    assert canonical(value).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_keys_are_sorted_by_their_utf_16_units() -> None:
    """By code points the last two would stand the other way round."""
    assert canonical({"\ufb33": 1, "\U0001f600": 2, "a": 3}).decode() == '{"a":3,"\U0001f600":2,"\ufb33":1}'


@pytest.mark.parametrize(
    "value",
    [1.0, -0.0, 1e21, 1e17, 2**53 - 1, 2**53 + 1, 10**40, -(2**63), 10**400, 5e-324, math.nan, math.inf, -math.inf],
)
def test_what_is_read_and_written_again_is_the_same(value: float) -> None:
    raw = canonical({"value": value})
    assert canonical(msgspec.json.decode(raw)) == raw


def test_a_whole_number_that_a_double_would_round_keeps_its_digits() -> None:
    assert canonical([2**53 + 1, 10**400]).decode() == f'["{2**53 + 1}","{10**400}"]'


def test_a_digest_names_its_algorithm() -> None:
    assert digest(b"x") == "sha256:" + hashlib.sha256(b"x").hexdigest()
