"""Do the answers after the flip equal those captured before it, and was the capture whole?"""

from __future__ import annotations

from collections.abc import Iterator

from flipgate.core.facts.parity import CaptureReading, Difference, ListingTotals, ParityReading
from flipgate.core.judgement import Judgement, gate
from flipgate.core.observation import Observation
from flipgate.gates.claim import Claim, named, numbered, utc

_NOT_RESOLVED = "the shim does not resolve org_units"


@gate
def must_equal_the_baseline(its: Observation[ParityReading], *, listing: str) -> Judgement:
    """Is every record of this listing, of every tenant at every address, the one that was captured?

    STOP for a difference; HOLD for a record that was edited after the capture, or where nothing was compared.
    """
    reading = its.value
    claim = Claim(listing, f"equal to the baseline of {utc(reading.captured_at)}, for every tenant at every address")
    totals = [total for total in reading.totals if total.listing == listing]
    if len(totals) != 1 or totals[0].tenants < 1 or not reading.addresses:
        return claim.hold("nothing was compared")
    differences = [one for one in reading.differences if one.listing == listing]
    findings = [
        *_different(claim, totals[0], [one for one in differences if not _is_edited(one, reading)]),
        *_edited(claim, [one for one in differences if _is_edited(one, reading)]),
        *_incomparable(claim, reading, totals[0]),
    ]
    if reading.differing <= len(reading.differences) and not (
        differences or reading.new_tenants or reading.gone_tenants
    ):
        findings += _miscounted(claim, totals[0])
    compared = f"{numbered(totals[0].records_now, 'record')} of {numbered(totals[0].tenants, 'tenant')}"
    return claim.against(findings, fine=f"{compared} equal at {named(reading.addresses)}")


@gate
def row_count_must_equal_legacy(its: Observation[ParityReading]) -> Judgement:
    """Does ListTeams list as many teams of the test org, at every address, as the legacy table has?"""
    reading = its.value
    claim = Claim(f"teams of {named([reading.test_org])}", "ListTeams lists as many as the legacy table has")
    if reading.rows_legacy < 1:
        return claim.hold(f"the legacy table has {reading.rows_legacy}: empty proves nothing")
    unasked = [address for address in reading.addresses if address not in reading.rows_listed]
    findings = [claim.hold(f"not listed at {named(unasked)}")] if unasked else []
    if not reading.rows_listed:
        findings.append(claim.hold("listed at no address"))
    for address, rows in reading.rows_listed.items():
        if rows != reading.rows_legacy:
            cause = "" if rows else f": {_NOT_RESOLVED}"
            findings.append(
                claim.stop(f"{rows} at {named([address])}, {reading.rows_legacy} in the legacy table{cause}")
            )
    return claim.against(
        findings, fine=f"{reading.rows_legacy} in the legacy table and at {named(reading.rows_listed)}"
    )


@gate
def capture_must_be_whole(its: Observation[CaptureReading]) -> Judgement:
    """Did the baseline capture something of every listing, for the test org too, and where does it lie?"""
    capture = its.value
    claim = Claim("baseline capture", "records in every listing, of the test org too, in a file with a digest")
    faults = {
        "no tenant was captured": capture.tenants < 1,
        "no listing was captured": not capture.records,
        "it is in no file": not capture.file or not capture.sha256,
    }
    findings = [claim.hold(fault) for fault, is_so in faults.items() if is_so]
    if empty := [listing for listing, count in capture.records.items() if count < 1]:
        findings.append(claim.hold(f"empty for all tenants: {named(empty)}"))
    if empty := [listing for listing in capture.records if capture.test_org_records.get(listing, 0) < 1]:
        findings.append(claim.hold(f"empty for the test org {named([capture.test_org])}: {named(empty)}"))
    counts = named(f"{listing} {numbered(count, 'record')}" for listing, count in capture.records.items())
    where = named([capture.file])
    return claim.against(
        findings, fine=f"{numbered(capture.tenants, 'tenant')}: {counts}; {where}, {capture.sha256[:19]}"
    )


def _is_edited(difference: Difference, reading: ParityReading) -> bool:
    return difference.edited_at is not None and difference.edited_at > reading.captured_at


def _different(claim: Claim, total: ListingTotals, differences: list[Difference]) -> Iterator[Judgement]:
    if total.records_before > 0 and total.records_now == 0:
        yield claim.stop(f"{numbered(total.records_before, 'record')} then, none now: {_NOT_RESOLVED}")
    elif emptied := [f"{one.tenant} at {one.address}" for one in differences if one.change == "empty"]:
        yield claim.stop(f"nothing left of tenant {named(emptied)}: {_NOT_RESOLVED}")
    if differing := [one for one in differences if one.change != "empty"]:
        yield claim.stop(f"{len(differing)} differ: {_told(differing)}")


def _edited(claim: Claim, differences: list[Difference]) -> Iterator[Judgement]:
    if differences:
        yield claim.hold(f"edited after the capture, so capture again: {_told(differences)}")


def _incomparable(claim: Claim, reading: ParityReading, total: ListingTotals) -> Iterator[Judgement]:
    if total.records_before < 1:
        yield claim.hold("empty for all tenants at the baseline: empty equals empty proves nothing")
    elif reading.test_org_records.get(total.listing, 0) < 1:
        yield claim.hold(f"empty for the test org {named([reading.test_org])} at the baseline")
    if reading.differing > len(reading.differences):
        unlisted = reading.differing - len(reading.differences)
        yield claim.hold(f"{numbered(unlisted, 'further difference')}, of this listing or another, not shown")
    if reading.new_tenants:
        yield claim.hold(f"unknown to the baseline: tenant {named(reading.new_tenants)}")
    if reading.gone_tenants:
        yield claim.hold(f"gone since the baseline: tenant {named(reading.gone_tenants)}")


def _miscounted(claim: Claim, total: ListingTotals) -> Iterator[Judgement]:
    if total.records_now not in (0, total.records_before):
        yield claim.hold(f"{total.records_before} records then and {total.records_now} now, yet no difference")


def _told(differences: list[Difference]) -> str:
    return named(_difference(one) for one in differences)


def _difference(one: Difference) -> str:
    detail = f" ({one.detail})" if one.detail else ""
    return f"{one.tenant} at {one.address}: {one.record or 'the listing'} {one.change}{detail}"
