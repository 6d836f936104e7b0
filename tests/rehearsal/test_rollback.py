"""A rollback is GO after each flip back in reverse order, and STOP in any other order or once Phase 3 has begun."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rehearsal.cutovers import HOLD, STOP, Cutover, cutover

FLAGS = ("read_from_org_units", "cascade_4layer", "new_services_enabled")


@pytest.fixture(scope="module")
def flipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cutover]:
    """All three flips are made and seen."""
    with cutover("back", tmp_path_factory.mktemp("back")) as played:
        played.flip()
        for flag in FLAGS[1:]:
            played.command("flip", flag, "true")
            played.stage("rollback")
        yield played


@pytest.mark.xdist_group("rollback")
def test_without_a_flip_back_there_is_no_rollback(flipped: Cutover) -> None:
    ended = flipped.stage("rollback")
    assert (ended.status, "no flag is known to have been flipped back" in ended.text) == (HOLD, True), ended.text


@pytest.mark.parametrize("flag", FLAGS[::-1])
@pytest.mark.xdist_group("rollback")
def test_the_rollback_of_every_prefix_is_go_ten_minutes_later(flipped: Cutover, flag: str) -> None:
    flipped.command("flip", flag, "false")
    ended = flipped.stage("rollback")
    assert (ended.status, "run this stage again at" in ended.text) == (HOLD, True), ended.text
    flipped.command("advance", "12m")
    flipped.go("rollback")


@pytest.mark.xdist_group("rollback")
def test_without_legacy_tables_there_is_no_way_back(flipped: Cutover) -> None:
    with flipped.broken("phase_3_begun"):
        ended = flipped.stage("rollback")
    assert (ended.status, "Phase 3 has begun" in ended.text) == (STOP, True), ended.text


@pytest.mark.xdist_group("wrong_order")
def test_flags_that_went_back_in_another_order_stop(tmp_path_factory: pytest.TempPathFactory) -> None:
    with cutover("order", tmp_path_factory.mktemp("order")) as played:
        played.flip()
        played.command("flip", "cascade_4layer", "true")
        assert played.stage("rollback").status == HOLD
        played.command("flip", "read_from_org_units", "false")
        half_way = played.stage("rollback")
        assert (half_way.status, 'while "cascade_4layer" is true' in half_way.text) == (STOP, True), half_way.text
        played.command("flip", "cascade_4layer", "false")
        ended = played.stage("rollback")
    assert (ended.status, '"read_from_org_units" went back at' in ended.text) == (STOP, True), ended.text
