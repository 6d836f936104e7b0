"""The same value has the same bytes everywhere, and a record read and written again is the same."""

from __future__ import annotations

import hashlib
import math
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from flipgate.evidence.canonical import canonical, digest, plain

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53) + 1, 2**53 - 1)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)
TREES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXTS, inner, max_size=5),
    max_leaves=20,
)


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


@given(TREES)
def test_the_bytes_are_those_of_the_schemes_library(tree: Any) -> None:
    assert canonical(tree) == canonical(plain(tree)) == rfc8785.dumps(tree)


@pytest.mark.parametrize("number", [0.0, 0.1, 1e-4, 1e-7, 5e-324, 123456789012345.6, 1e15, 2.0**53, 1e16, 1e21, 1e300])
def test_numbers_around_each_change_of_notation_are_those_of_the_library(number: float) -> None:
    for one in (number, -number, math.nextafter(number, math.inf), math.nextafter(number, -math.inf)):
        assert canonical([one, {"a": one}]) == rfc8785.dumps([one, {"a": one}])


def test_half_of_a_pair_is_no_text() -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        canonical({"a": "\ud800"})
