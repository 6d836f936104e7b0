from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from flipgate.core.facts.parity import CaptureReading, Difference, ListingTotals, ParityReading
from flipgate.core.judgement import Judgement
from flipgate.gates.parity import capture_must_be_whole, must_equal_the_baseline, row_count_must_equal_legacy
from tests.unit.gates.given import GO, HOLD, STOP, ago, says, seen

AT = "127.0.0.1:50051"
TOTALS = ListingTotals("ListTeams", tenants=2, records_before=9, records_now=9, empty_before=0)
EQUAL = ParityReading(
    captured_at=ago(3600),
    baseline_run="r1",
    addresses=(AT,),
    totals=(TOTALS,),
    differences=(),
    differing=0,
    new_tenants=(),
    gone_tenants=(),
    test_org="acme",
    test_org_records={"ListTeams": 5},
    rows_legacy=5,
    rows_listed={AT: 5},
)


def difference(change: str = "changed", listing: str = "ListTeams", edited_at: datetime | None = None) -> Difference:
    return Difference("globex", listing, AT, "t-7", change, "name 'A' → 'B'", edited_at)


def judged(**changes: object) -> Judgement:
    reading = replace(EQUAL, **changes)  # type: ignore[arg-type]
    return must_equal_the_baseline(seen(reading), listing="ListTeams")


def test_one_record_of_one_tenant_is_something_to_compare() -> None:
    one = replace(TOTALS, tenants=1, records_before=1, records_now=1)
    says(judged(totals=(one,), test_org_records={"ListTeams": 1}), GO, "1 record of 1 tenant")
    says(judged(totals=(replace(one, records_now=0),), test_org_records={"ListTeams": 1}), STOP, "1 record then, none")


@pytest.mark.parametrize(
    "changes",
    [
        {"differences": (difference(edited_at=ago(60)),), "differing": 1},
        {"differences": (difference("empty", listing="ListMembers"),), "differing": 2},
        {"new_tenants": ("initech",)},
        {"gone_tenants": ("initech",)},
    ],
)
def test_where_the_counts_have_a_reason_to_differ_they_are_not_told(changes: dict[str, object]) -> None:
    fewer = judged(totals=(replace(TOTALS, records_now=8),), **changes)
    assert (fewer.verdict, "yet no difference" in fewer.seen) == (HOLD, False)


@pytest.mark.parametrize("now", [1, 8, 10])
def test_counts_that_differ_without_a_difference_are_hold(now: int) -> None:
    says(judged(totals=(replace(TOTALS, records_now=now),)), HOLD, f"9 records then and {now} now, yet no difference")


def test_equal_listings_are_go() -> None:
    says(judged(), GO, "9 records of 2 tenants", AT)


@pytest.mark.parametrize("change", ["missing", "added", "changed", "duplicated"])
def test_a_difference_is_stop_and_readable(change: str) -> None:
    says(judged(differences=(difference(change),), differing=1), STOP, f"globex at {AT}: t-7 {change}", "'A' → 'B'")


def test_a_difference_without_details_is_told_without_brackets() -> None:
    bare = replace(difference(), detail="")
    says(judged(differences=(bare,), differing=1), STOP, f"1 differ: globex at {AT}: t-7 changed")
    assert judged(differences=(bare,), differing=1).seen.endswith("t-7 changed")


def test_a_difference_of_another_listing_is_not_this_ones() -> None:
    says(judged(differences=(difference(listing="ListMembers"),), differing=1), GO)


def test_differences_that_are_not_shown_might_be_this_listings() -> None:
    others = (difference(listing="ListMembers"),)
    says(judged(differences=others, differing=51), HOLD, "50 further differences")


def test_a_count_that_drops_to_zero_is_stop() -> None:
    says(judged(totals=(replace(TOTALS, records_now=0),)), STOP, "does not resolve")


def test_one_tenant_left_with_nothing_is_stop() -> None:
    says(judged(differences=(difference("empty"),), differing=1), STOP, "nothing left of tenant globex")
    assert "differ" not in judged(differences=(difference("empty"),), differing=1).seen


def test_a_record_edited_after_the_capture_is_hold() -> None:
    says(judged(differences=(difference(edited_at=ago(60)),), differing=1), HOLD, "edited after the capture", "t-7")


def test_an_edit_before_the_capture_excuses_nothing() -> None:
    says(judged(differences=(difference(edited_at=ago(7200)),), differing=1), STOP)
    says(judged(differences=(difference(edited_at=ago(3600)),), differing=1), STOP)


def test_an_edited_record_does_not_excuse_another() -> None:
    says(judged(differences=(difference(edited_at=ago(60)), difference()), differing=2), STOP, "1 differ")


@pytest.mark.parametrize("changes", [{"new_tenants": ("initech",)}, {"gone_tenants": ("initech",)}])
def test_a_tenant_added_or_gone_is_hold_and_named(changes: dict[str, object]) -> None:
    says(judged(**changes), HOLD, "tenant initech")


@pytest.mark.parametrize(
    "changes",
    [
        {"totals": ()},
        {"totals": (replace(TOTALS, listing="ListMembers"),)},
        {"totals": (TOTALS, TOTALS)},
        {"totals": (replace(TOTALS, tenants=0),)},
        {"addresses": ()},
        {"totals": (replace(TOTALS, records_before=0, records_now=0),)},
        {"test_org_records": {"ListTeams": 0}},
        {"test_org_records": {}},
        {"totals": (replace(TOTALS, records_now=8),)},
    ],
)
def test_nothing_or_emptiness_compared_is_hold(changes: dict[str, object]) -> None:
    says(judged(**changes), HOLD)


@pytest.mark.parametrize(
    ("legacy", "listed", "verdict"),
    [
        (5, {AT: 5}, GO),
        (1, {AT: 1}, GO),
        (5, {AT: 4}, STOP),
        (5, {AT: 6}, STOP),
        (5, {AT: 0}, STOP),
        (0, {AT: 0}, HOLD),
        (5, {}, HOLD),
        (5, {"127.0.0.1:50052": 5}, HOLD),
        (5, {AT: 5, "127.0.0.1:50052": 4}, STOP),
    ],
)
def test_list_teams_lists_as_many_as_the_legacy_table_has(legacy: int, listed: dict[str, int], verdict: object) -> None:
    reading = replace(EQUAL, rows_legacy=legacy, rows_listed=listed)
    assert row_count_must_equal_legacy(seen(reading)).verdict is verdict


def test_no_team_at_all_has_a_likely_cause() -> None:
    none, fewer = (row_count_must_equal_legacy(seen(replace(EQUAL, rows_listed={AT: rows}))) for rows in (0, 4))
    says(none, STOP, "0 at", "5 in the legacy table: the shim does not resolve org_units")
    assert fewer.seen.endswith("5 in the legacy table")


WHOLE = CaptureReading(
    2,
    {"ListTeams": 9, "ListMembers": 20},
    "acme",
    {"ListTeams": 5, "ListMembers": 8},
    "b.jsonl",
    "sha256:0123456789abcdef",
)


def test_a_whole_capture_is_go() -> None:
    says(capture_must_be_whole(seen(WHOLE)), GO, "2 tenants", "ListTeams 9 records", "b.jsonl")
    assert capture_must_be_whole(seen(WHOLE)).seen.endswith("b.jsonl, sha256:0123456789ab")
    one = replace(WHOLE, tenants=1, records={"ListTeams": 1}, test_org_records={"ListTeams": 1})
    says(capture_must_be_whole(seen(one)), GO)


@pytest.mark.parametrize(
    "changes",
    [
        {"tenants": 0},
        {"records": {}},
        {"records": {"ListTeams": 0, "ListMembers": 20}},
        {"test_org_records": {"ListTeams": 5}},
        {"test_org_records": {"ListTeams": 5, "ListMembers": 0}},
        {"file": ""},
        {"sha256": ""},
    ],
)
def test_a_capture_with_a_hole_is_hold(changes: dict[str, object]) -> None:
    says(capture_must_be_whole(seen(replace(WHOLE, **changes))), HOLD)  # type: ignore[arg-type]
