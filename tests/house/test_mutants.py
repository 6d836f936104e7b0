"""Which mutants of the judge count: those that bend a verdict, not those that bend its wording."""

from __future__ import annotations

import pytest

from scripts.mutants import only_words


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('claim.hold("no series")', 'claim.hold("XXno seriesXX")', True),
        ("f\"{count} calls on {who}\"", "f\"XX{count} calls on {who}XX\"", True),
        ("f\"{count} calls\"", "f\"{count + 1} calls\"", False),
        ('claim.hold("no series")', 'claim.go("no series")', False),
        ("if calls < 100:", "if calls <= 100:", False),
        ('claim.hold("no series")', "claim.hold(None)", False),
    ],
)  # fmt: skip
def test_a_mutant_of_wording_is_told_from_one_of_judgement(before: str, after: str, *, words: bool) -> None:
    assert only_words(before, after) is words
