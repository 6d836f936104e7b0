"""Listings are compared whole, record by record, and a difference is told so that a person sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.tenant_stub import PATHS, contract
from flipgate.core.errors import Ambiguous, Malformed, NoData, Unreachable
from flipgate.core.facts.parity import CaptureReading, Difference
from flipgate.probes.baseline import FORMAT, Header
from flipgate.probes.differences import Edits
from flipgate.probes.listings import Listings
from flipgate.probes.parity import Comparison, capture, compare
from flipgate.safety.loop import finished
from tests.probes.tenant_service import TenantService, block, chart

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=3)
NFC, NFD = "Caf\u00e9", "Cafe\u0301"


@pytest.fixture
def service() -> TenantService:
    return TenantService().holding("a", "b")


@contextmanager
def serving(*services: TenantService) -> Iterator[Listings]:
    if len(services) == 1:
        with services[0].serving() as address:
            yield Listings(block(address))
        return
    with services[0].serving() as first, services[1].serving() as second:
        yield Listings(block(first, second))


def captured(listings: Listings, file: Path, *tenants: str) -> CaptureReading:
    header = Header(FORMAT, "dev", "run-1", NOON, listings.addresses, tenants)
    return capture(listings, header, file, "a")


def compared(
    listings: Listings,
    file: Path,
    *tenants: str,
    edited: Mapping[str, datetime] | None = None,
    memberships_edited: bool = False,
) -> Comparison:
    def lookup(ids: Sequence[str]) -> Edits:
        own = {one: at for one, at in (edited or {}).items() if one in ids}
        return Edits(own, dict.fromkeys(ids, LATER) if memberships_edited else {})

    return compare(listings, file, tenants, lookup, "a")


def after(service: TenantService, file: Path, change: Any) -> tuple[Difference, ...]:
    """Which differences does this change make, for one tenant?"""
    with serving(service) as listings:
        captured(listings, file, "a", "b")
        change(service)
        return compared(listings, file, "a", "b").differences()


def test_what_did_not_change_is_equal(service: TenantService, tmp_path: Path) -> None:
    with serving(service) as listings:
        reading = captured(listings, tmp_path / "baseline.jsonl", "a", "b")
        found = compared(listings, tmp_path / "baseline.jsonl", "a", "b")
    assert reading.records == {"ListTeams": 6, "GetOrgChart": 8, "ListMembers": 8}
    assert reading.test_org_records == {"ListTeams": 3, "GetOrgChart": 4, "ListMembers": 4}
    assert found.differing == 0
    assert [(total.listing, total.tenants, total.records_before, total.records_now) for total in found.totals()] == [
        ("ListTeams", 2, 6, 6),
        ("GetOrgChart", 2, 8, 8),
        ("ListMembers", 2, 8, 8),
    ]
    assert found.rows_listed == {listings.addresses[0]: 3}


@pytest.mark.row("G4")
def test_another_order_of_records_and_members_is_equal(service: TenantService, tmp_path: Path) -> None:
    def shuffle(service: TenantService) -> None:
        service.teams["a"].reverse()
        service.charts["a"] = chart({"id": "t-2"}, {"id": "t-1", "kind": "team", "member_ids": ["m-1", "m-2"]})

    assert after(service, tmp_path / "b", shuffle) == ()


def test_fields_that_the_contract_does_not_know_are_no_difference(service: TenantService, tmp_path: Path) -> None:
    def extend(service: TenantService) -> None:
        service.spoil = lambda _, raw: raw + b"\x9a\x06\x03new"

    assert after(service, tmp_path / "b", extend) == ()


def test_a_changed_field_is_named_with_both_values(service: TenantService, tmp_path: Path) -> None:
    def rename(service: TenantService) -> None:
        service.teams["b"][1]["name"] = "Bistro"

    (one,) = after(service, tmp_path / "b", rename)
    assert (one.tenant, one.listing, one.record, one.change) == ("b", "ListTeams", "t-001", "changed")
    assert one.detail == "name: 'Café 1' → 'Bistro'"


def test_normal_forms_differ_and_are_shown_apart(service: TenantService, tmp_path: Path) -> None:
    service.teams["a"][0]["name"] = NFC

    def decompose(service: TenantService) -> None:
        service.teams["a"][0]["name"] = NFD

    (one,) = after(service, tmp_path / "b", decompose)
    assert one.detail == "name: 'Caf\\xe9' → 'Cafe\\u0301'"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda s: s.teams["a"].pop(), [("ListTeams", "t-002", "missing")]),
        (lambda s: s.teams["a"].append({"id": "t-9"}), [("ListTeams", "t-9", "added")]),
        (lambda s: s.teams["a"].append(s.teams["a"][0]), [("ListTeams", "t-000", "duplicated")]),
        (lambda s: s.teams["a"].clear(), [("ListTeams", "", "empty")]),
        (lambda s: s.charts.pop("a"), [("GetOrgChart", "", "empty")]),
        (
            lambda s: s.teams["a"][0].update(id="t-x"),
            [("ListTeams", "t-000", "missing"), ("ListTeams", "t-x", "added")],
        ),
        (lambda s: s.members["a"][0].update(team_id=""), [("ListMembers", "m-0", "changed")]),
    ],
)
def test_every_kind_of_difference_is_seen(
    service: TenantService, tmp_path: Path, change: Any, expected: list[tuple[str, str, str]]
) -> None:
    found = after(service, tmp_path / "b", change)
    assert [(one.listing, one.record, one.change) for one in found] == expected


def test_a_moved_node_and_another_member_are_seen_in_the_chart(service: TenantService, tmp_path: Path) -> None:
    def move(service: TenantService) -> None:
        service.charts["a"] = chart(
            {"id": "t-1", "kind": "team", "member_ids": ["m-1", "m-3"], "children": [{"id": "t-2"}]}
        )

    found = after(service, tmp_path / "b", move)
    assert [(one.record, one.detail) for one in found] == [
        ("t-1", "member_ids: -'m-2', +'m-3'"),
        ("t-2", "parent_id: 'p-1' → 't-1'"),
    ]


def test_all_pages_are_walked_and_a_missing_one_is_seen(service: TenantService, tmp_path: Path) -> None:
    service.holding("a", teams=250)

    def lose_the_last_page(service: TenantService) -> None:
        del service.teams["a"][200:]

    with serving(service) as listings:
        assert captured(listings, tmp_path / "b", "a").records["ListTeams"] == 250
        lose_the_last_page(service)
        found = compared(listings, tmp_path / "b", "a")
    assert found.differing == 50
    assert {one.change for one in found.differences()} == {"missing"}


def test_a_page_token_that_comes_again_is_malformed(service: TenantService, tmp_path: Path) -> None:
    service.spoil = lambda path, raw: raw + b"\x12\x04MTAw" if path == PATHS[0] else raw
    with serving(service) as listings, pytest.raises(Malformed, match="pages never end"):
        captured(listings, tmp_path / "b", "a")
    assert not list(tmp_path.iterdir())


def test_one_replica_that_answers_otherwise_is_named(service: TenantService, tmp_path: Path) -> None:
    other = TenantService().holding("a", "b")
    with serving(service, other) as listings:
        captured(listings, tmp_path / "b", "a", "b")
        other.teams["a"].clear()
        found = compared(listings, tmp_path / "b", "a", "b")
    assert [one.address for one in found.differences()] == [listings.addresses[1]]
    assert found.rows_listed == dict(zip(listings.addresses, (3, 0), strict=True))
    assert found.totals()[0].records_now == 3


def test_a_baseline_of_replicas_that_disagree_is_not_captured(service: TenantService, tmp_path: Path) -> None:
    other = TenantService().holding("a", "b")
    other.members["b"].pop()
    with serving(service, other) as listings, pytest.raises(Ambiguous) as refused:
        captured(listings, tmp_path / "b", "a", "b")
    assert all(address in str(refused.value) for address in listings.addresses)
    assert not list(tmp_path.iterdir())


@pytest.mark.row("F4")
def test_replicas_that_describe_their_messages_differently_are_ambiguous(service: TenantService) -> None:
    other = TenantService(contract(without="lead_member_id"))
    with serving(service, other) as listings, pytest.raises(Ambiguous, match="differently"):
        listings.call_teams("a", 1)


def test_new_and_gone_tenants_are_not_compared(service: TenantService, tmp_path: Path) -> None:
    with serving(service) as listings:
        captured(listings, tmp_path / "b", "a", "b")
        service.holding("c")
        found = compared(listings, tmp_path / "b", "b", "c")
    assert found.totals()[0].tenants == 1
    assert found.differing == 0


def test_later_edits_explain_a_difference_and_earlier_ones_do_not(service: TenantService, tmp_path: Path) -> None:
    edited = {"t-000": NOON + timedelta(hours=1), "t-001": NOON - timedelta(hours=1)}
    with serving(service) as listings:
        captured(listings, tmp_path / "b", "a")
        for team in service.teams["a"]:
            team["name"] = "another"
        found = compared(listings, tmp_path / "b", "a", edited=edited).differences()
    assert {one.record: one.edited_at for one in found} == {"t-000": edited["t-000"], "t-001": None, "t-002": None}


def test_an_edited_membership_explains_its_own_fields_only(service: TenantService, tmp_path: Path) -> None:
    with serving(service) as listings:
        captured(listings, tmp_path / "b", "a")
        service.teams["a"][0]["member_count"] = 99
        service.teams["a"][1]["name"] = "another"
        found = compared(listings, tmp_path / "b", "a", memberships_edited=True).differences()
    assert {one.record: one.edited_at for one in found} == {"t-000": LATER, "t-001": None}


def test_what_no_edit_explains_is_shown_first_and_all_is_counted(service: TenantService, tmp_path: Path) -> None:
    service.holding("a", teams=900)
    edited = {f"t-{number:03}": NOON + timedelta(hours=1) for number in range(899)}
    with serving(service) as listings:
        captured(listings, tmp_path / "b", "a")
        for team in service.teams["a"]:
            team["name"] = "another"
        service.members["a"].pop()
        found = compared(listings, tmp_path / "b", "a", edited=edited)
    assert found.differing == 901
    assert found.differences()[0].record == "t-899"
    assert len(found.differences()) <= 50
    assert [one.record for one in found.differences() if one.listing == "ListMembers"] == ["m-3"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw.rpartition(b"\n")[0].rpartition(b"\n")[0] + b"\n",
        lambda raw: raw.replace(b"Caf\xc3\xa9 1", b"Caf\xc3\xa9 7"),
        lambda raw: b"\n".join(line for line in raw.split(b"\n") if b'"listing":"GetOrgChart"' not in line),
        lambda raw: raw.replace(b'"format":1', b'"format":2'),
        lambda _: b"<html>",
    ],
    ids=["cut", "no end", "edited", "listing taken out", "another format", "no baseline"],
)
def test_a_baseline_that_was_tampered_with_is_malformed(service: TenantService, tmp_path: Path, spoil: Any) -> None:
    file = tmp_path / "b"
    with serving(service) as listings:
        captured(listings, file, "a", "b")
        file.write_bytes(spoil(file.read_bytes()))
        service.teams["a"][1]["name"] = "another"
        with pytest.raises(Malformed):
            compared(listings, file, "a", "b")


def test_no_baseline_is_no_data_and_no_tenants_are_none_either(service: TenantService, tmp_path: Path) -> None:
    with serving(service) as listings:
        with pytest.raises(NoData):
            compared(listings, tmp_path / "nothing", "a")
        with pytest.raises(NoData):
            captured(listings, tmp_path / "b")


def test_an_address_that_is_away_is_unreachable(service: TenantService, tmp_path: Path, free_port: int) -> None:
    with service.serving() as address:
        listings = Listings(block(address, f"127.0.0.1:{free_port}"))
        with pytest.raises(Unreachable, match=str(free_port)):
            captured(listings, tmp_path / "b", "a")


def test_a_call_that_fails_midway_is_unreachable_and_leaves_no_file(service: TenantService, tmp_path: Path) -> None:
    with serving(service) as listings, pytest.raises(Unreachable):
        captured(listings, tmp_path / "b", "a", "b", "unknown")
    assert not list(tmp_path.iterdir())


def test_answers_come_in_the_order_of_the_tenants() -> None:
    tenants = [f"tenant-{number}" for number in range(100)]
    service = TenantService().holding(*tenants)

    async def order(listings: Listings) -> list[str]:
        return [answers[0].tenant async for answers in listings.stream(tenants)]

    with serving(service) as listings:
        assert finished(order(listings)) == tenants
    assert {path for path, _ in service.seen} == set(PATHS)
