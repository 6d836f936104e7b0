"""A report and its block say the same, or the worse of both counts and the difference is told."""

from __future__ import annotations

import re
from datetime import date

import pytest

from flipgate.core.report_block import block, sealed
from flipgate.core.report_text import parsed

DAY = date(2026, 5, 7)
FIGURES = {
    "tenants scanned": 0,
    "tenants with drift": 0,
    "missing org_units rows": 0,
    "missing org_unit_memberships rows": 0,
}
SAID = {"date": "2026-05-07", "environment": "dev", "gate": "PASS", "streak_days": 1, "figures": FIGURES}
SUMMARY = "\n".join(f"| {name} | {count} |" for name, count in FIGURES.items())
TEXT = f"""# Report 2026-05-07

Generated: 2026-05-07T08:00:03Z

Environment: dev

| Metric | Value |
|---|---|
{SUMMARY}
| Gate | PASS |

| Date | Gate | Drift |
|---|---|---|
| 2026-05-07 | PASS | 0 |

Consecutive clean days: 1

7-day zero-delta gate: NOT MET.
"""
WHOLE = sealed(TEXT, SAID)


def problems(text: str) -> str:
    return "; ".join(parsed(DAY, text.encode()).problems)


def test_a_sealed_report_is_in_order() -> None:
    assert problems(WHOLE) == ""


@pytest.mark.parametrize(
    "text",
    ["\ufeff" + WHOLE, WHOLE.replace("\n", "\r\n"), WHOLE.replace("\n\n", "\n\n\n"), WHOLE.rstrip() + "\n\n", TEXT],
    ids=["BOM", "CRLF", "blank lines", "at its end", "without the block"],
)
def test_other_line_ends_break_no_seal(text: str) -> None:
    assert problems(text) == ""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Generated: 2026-05-07T08:00:03Z", "Generated: 2026-05-07T09:00:03Z"),
        ("Consecutive clean days: 1", "Consecutive clean days: 9"),
        ("# Report", "# Our report"),
        ('"gate": "PASS"', '"gate":  "OK"'),
        ('"streak_days": 1', '"streak_days": 9'),
        ("\n7-day", "\nA line more.\n7-day"),
    ],
)
def test_an_edit_by_hand_breaks_the_seal(old: str, new: str) -> None:
    assert old in WHOLE
    assert "its digest is not that of its text" in problems(WHOLE.replace(old, new))


@pytest.mark.parametrize(
    ("said", "differs"),
    [
        ({"date": "2026-05-06"}, "date"),
        ({"environment": "staging"}, "environment"),
        ({"gate": "FAIL"}, "gate"),
        ({"streak_days": 7}, "streak_days"),
        ({"figures": FIGURES | {"tenants scanned": 2}}, "figures"),
        ({"figures": None}, "figures"),
    ],
)
def test_a_seal_over_other_figures_than_the_text_has_tells_which(said: dict[str, object], differs: str) -> None:
    assert problems(sealed(TEXT, SAID | said)) == f"its block of figures and its text differ in {differs}"


def test_drift_shows_wherever_it_stands() -> None:
    hidden = parsed(DAY, sealed(TEXT, SAID | {"figures": FIGURES | {"missing org_units rows": 3}}).encode())
    assert hidden.figures["missing org_units rows"] == 3
    other = parsed(DAY, sealed(TEXT, SAID | {"figures": FIGURES | {"other drift in org_units": 2}}).encode())
    assert other.figures["other drift in org_units"] == 2
    assert parsed(DAY, sealed(TEXT, SAID | {"gate": "FAIL"}).encode()).gate == "FAIL"


def test_a_name_that_only_the_block_has_is_the_reports() -> None:
    text = TEXT.replace("Environment: dev\n", "")
    assert parsed(DAY, sealed(text, SAID).encode()).environment == "dev"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (WHOLE[: WHOLE.rindex("```")], "its block of figures has no end"),
        (re.sub(r'"sha256".*\n', "", WHOLE), "its block of figures is no JSON object"),
        (sealed(TEXT, SAID).replace("{", "[1, {").replace("}\n```", "}]\n```"), "is no JSON object"),
        (WHOLE + WHOLE.removeprefix(TEXT), "2 blocks of figures"),
        (TEXT + "```json reconciliation\n" + "[" * 100_000 + "\n```\n", "is no JSON object"),
        (TEXT + "```json reconciliation\n{}\n```\n", "its digest is not that of its text"),
    ],
)
def test_a_block_that_is_none_is_a_problem(text: str, told: str) -> None:
    assert told in problems(text)


def test_a_report_without_a_block_has_none() -> None:
    assert block(TEXT.split("\n")) is None
