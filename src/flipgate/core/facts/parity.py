"""Do the answers equal those that were captured before the flip?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Difference:
    """One difference that a person can read.

    tenant, listing, address   where ("ListTeams", "127.0.0.1:50051").
    record                     the id of the record, or "" for the whole listing.
    change                     "missing", "added", "changed", "duplicated" or "empty".
    detail                     for a changed record: field, before and after.
    edited_at                  the legacy row's own time where it was edited after the capture; else None.
    """

    tenant: str
    listing: str
    address: str
    record: str
    change: str
    detail: str
    edited_at: datetime | None = None


@dataclass(frozen=True)
class ListingTotals:
    """Of one listing: how many tenants were compared, how many records then and now (all tenants, one address)."""

    listing: str
    tenants: int
    records_before: int
    records_now: int
    empty_before: int


@dataclass(frozen=True)
class ParityReading:
    """The comparison of every tenant at every address with the baseline.

    captured_at, baseline_run   which baseline, when.
    totals                      by listing.
    differences                 the first of them (at most 50); `differing` counts all records that differ.
    new_tenants, gone_tenants   that the baseline does not know, or that are no more.
    test_org_records            by listing: records of the test org then.
    rows_legacy                 teams of the test org in the legacy table now (the count that ListTeams has to equal).
    rows_listed                 by address: teams that ListTeams lists for the test org now.
    """

    captured_at: datetime
    baseline_run: str
    addresses: tuple[str, ...]
    totals: tuple[ListingTotals, ...]
    differences: tuple[Difference, ...]
    differing: int
    new_tenants: tuple[str, ...]
    gone_tenants: tuple[str, ...]
    test_org: str
    test_org_records: dict[str, int]
    rows_legacy: int
    rows_listed: dict[str, int]


@dataclass(frozen=True)
class CaptureReading:
    """What a baseline captured: for each listing the records of all tenants; where it lies and its digest."""

    tenants: int
    records: dict[str, int]
    test_org: str
    test_org_records: dict[str, int]
    file: str
    sha256: str
