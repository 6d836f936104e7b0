"""Do the org listings equal, record by record, those that were captured before the flip?"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import msgspec

from flipgate.core.errors import Ambiguous, Malformed, NoData, visible
from flipgate.core.facts.parity import CaptureReading, Difference, ListingTotals
from flipgate.probes.baseline import Baseline, Header, Line, Writer, written
from flipgate.probes.contract import LIST_TEAMS, PATHS
from flipgate.probes.differences import Change, Edits, changes
from flipgate.probes.listings import Listings, TenantListing
from flipgate.probes.records import Record
from flipgate.safety.loop import finished

_KEPT_OF_EACH_LISTING = 16
_LOOKED_UP_TOGETHER = 500

_OF_MEMBERSHIPS = {"member_count", "member_ids", "team_id", "role"}  # fields that the memberships' rows hold

Edited = Callable[[Sequence[str]], Edits]


def capture(listings: Listings, header: Header, file: Path, test_org: str) -> CaptureReading:
    """What do all tenants list, before the flip? Kept in this file.

    Errors: those of the listings; Ambiguous (two addresses list different things); NoData (no tenants).
    """
    if not header.tenants:
        raise NoData("baseline", "there are no tenants to capture")
    with written(file) as writer:
        writer.line(header)
        records, own = finished(_captured(listings, header.tenants, writer, test_org))
        sha256 = writer.end()
    return CaptureReading(len(header.tenants), records, test_org, own, file.name, f"sha256:{sha256}")


async def _captured(
    listings: Listings, tenants: Sequence[str], writer: Writer, test_org: str
) -> tuple[dict[str, int], dict[str, int]]:
    totals, own = Counter(dict.fromkeys(PATHS, 0)), dict.fromkeys(PATHS, 0)
    async for answers in listings.stream(tenants):
        for line in map(_agreed, _by_listing(answers)):
            writer.line(line)
            totals[line.listing] += line.count
            if line.tenant == test_org:
                own[line.listing] = line.count
    return dict(totals), own


def _by_listing(answers: Sequence[TenantListing]) -> Iterator[list[TenantListing]]:
    for listing in PATHS:
        yield [answer for answer in answers if answer.listing == listing]


def _agreed(answers: list[TenantListing]) -> Line:
    first = answers[0]
    for other in answers[1:]:
        if other.raw != first.raw and other.canonical != first.canonical:
            seen = f"{first.address} and {other.address} list different records for {visible(first.tenant)}"
            raise Ambiguous("grpc", seen, first.listing)
    sha256, content = hashlib.sha256(first.canonical).hexdigest(), msgspec.Raw(first.canonical)
    return Line(first.tenant, first.listing, len(first.records), first.raw, sha256, content)


@dataclass
class Comparison:
    """What came of comparing, so far. Of the differences, those that no edit explains are kept first."""

    header: Header
    edited: Edited
    test_org: str
    compared: Counter[str] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)
    empty: Counter[str] = field(default_factory=Counter)
    now: Counter[tuple[str, str]] = field(default_factory=Counter)
    test_org_records: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PATHS, 0))
    rows_listed: dict[str, int] = field(default_factory=dict)
    differing: int = 0
    _unexplained: dict[str, list[Difference]] = field(default_factory=lambda: {listing: [] for listing in PATHS})
    _explained: dict[str, list[Difference]] = field(default_factory=lambda: {listing: [] for listing in PATHS})
    _waiting: list[tuple[Difference, Change]] = field(default_factory=list)

    def add(self, line: Line, answers: Sequence[TenantListing], baseline: Baseline) -> None:
        """Takes one listing of one tenant, as it was and as every address has it now."""
        self.compared[line.listing] += 1
        self.before[line.listing] += line.count
        self.empty[line.listing] += not line.count
        if line.tenant == self.test_org:
            self.test_org_records[line.listing] = line.count
        for answer in answers:
            same = answer.raw == line.raw
            count = line.count if same else len(answer.records)
            self.now[line.listing, answer.address] += count
            if line.tenant == self.test_org and line.listing == LIST_TEAMS:
                self.rows_listed[answer.address] = count
            if not same:
                self._compare(line, answer, baseline)

    def _compare(self, line: Line, answer: TenantListing, baseline: Baseline) -> None:
        captured = baseline.records(line)
        if answer.canonical == captured:
            return
        before = msgspec.json.decode(captured, type=list[Record])
        for change in changes(before, answer.records):
            self.differing += change.records
            where = answer.tenant, answer.listing, answer.address
            self._waiting.append((Difference(*where, change.record, change.change, change.detail), change))
        if len(self._waiting) >= _LOOKED_UP_TOGETHER:
            self._look_up()

    def _look_up(self) -> None:
        records = [change.record for _, change in self._waiting if change.record]
        edits = self.edited(records) if records else Edits({}, {})
        for one, change in self._waiting:
            at = self._edited_since(change, edits)
            kept = (self._explained if at else self._unexplained)[one.listing]
            if len(kept) < _KEPT_OF_EACH_LISTING:
                kept.append(replace(one, edited_at=at))
        self._waiting.clear()

    def _edited_since(self, change: Change, edits: Edits) -> datetime | None:
        """When was what differs edited after the capture? A membership's edit explains no other field of its record."""
        times = [edits.own.get(change.record)]
        if _OF_MEMBERSHIPS.issuperset(change.fields):
            times.append(edits.memberships.get(change.record))
        return max((at for at in times if at and at > self.header.captured_at), default=None)

    def differences(self) -> tuple[Difference, ...]:
        """Which differences are shown? At most 16 of each listing, so that one does not hide another."""
        self._look_up()
        kept = [(self._unexplained[listing] + self._explained[listing])[:_KEPT_OF_EACH_LISTING] for listing in PATHS]
        return tuple(one for of_one_listing in kept for one in of_one_listing)

    def totals(self) -> tuple[ListingTotals, ...]:
        """Records now are those of the address that lists fewest."""
        return tuple(
            ListingTotals(
                listing,
                self.compared[listing],
                self.before[listing],
                min((count for (name, _), count in self.now.items() if name == listing), default=0),
                self.empty[listing],
            )
            for listing in PATHS
        )


def compare(listings: Listings, file: Path, tenants: Sequence[str], edited: Edited, test_org: str) -> Comparison:
    """Does each of these tenants, at each address, list what the baseline in this file says?

    Shape:   tenants that the baseline does not know are left out here.
    Errors:  those of the listings and of the baseline.
    Cost:    a listing whose bytes are as they were is not looked into.
    """
    baseline = Baseline(file)
    comparison = Comparison(baseline.header(), edited, test_org)
    both = frozenset(comparison.header.tenants).intersection(tenants)
    finished(_compared(listings, baseline, both, comparison))
    return comparison


async def _compared(listings: Listings, baseline: Baseline, tenants: frozenset[str], comparison: Comparison) -> None:
    lines = (line for line in baseline.lines() if line.tenant in tenants)
    async for answers in listings.stream([tenant for tenant in comparison.header.tenants if tenant in tenants]):
        for same_listing in _by_listing(answers):
            line, wanted = next(lines, None), (same_listing[0].tenant, same_listing[0].listing)
            if line is None or (line.tenant, line.listing) != wanted:
                raise Malformed("baseline", f"its lines are not those of its header: {visible(' '.join(wanted))} lacks")
            comparison.add(line, same_listing, baseline)
    if surplus := next(lines, None):
        raise Malformed("baseline", f"its lines are not those of its header: {visible(surplus.tenant)} is too many")
