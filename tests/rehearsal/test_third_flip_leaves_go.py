"""The third flip: each fault of the running environment makes its gate leave GO, and says why."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rehearsal.cutovers import GO, HOLD, STOP, Cutover, cutover

pytestmark = pytest.mark.xdist_group("third_flip")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cutover]:
    with cutover("third", tmp_path_factory.mktemp("third")) as played:
        yield played


@pytest.fixture(scope="module")
def before_the_flip(played: Cutover) -> Cutover:
    played.flip()
    played.command("advance", "12m")
    for stage in ("after_flip_1", "shim", "portal", "before_flip_2"):
        played.go(stage)
    played.command("flip", "cascade_4layer", "true")
    assert played.stage("after_flip_2").status == HOLD
    return played


@pytest.fixture(scope="module")
def after_the_flip(before_the_flip: Cutover) -> Cutover:
    played = before_the_flip
    played.command("advance", "6m")
    played.go("after_flip_2")
    played.go("before_flip_3")
    played.command("flip", "new_services_enabled", "true")
    played.command("refresh")
    ended = played.stage("after_flip_3")
    assert (ended.status, "run this stage again at" in ended.text) == (HOLD, True), ended.text
    played.command("advance", "17m")
    return played


def test_the_third_flip_waits_for_the_second_one(before_the_flip: Cutover) -> None:
    ended = before_the_flip.stage("before_flip_3")
    assert (ended.status, 'stage "after_flip_2": HOLD' in ended.text) == (HOLD, True), ended.text


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [
        ("not_serving_on_one_address", STOP, "NOT_SERVING: rbac-service at 127.0.0.1:"),
        ("health_without_own_name", HOLD, "upsquad.conflict.v1.ConflictService answers NOT_FOUND"),
        ("one_address_answers_otherwise", STOP, "ListRoles differs"),
        ("gate_stays_shut", HOLD, "is the gate's 404, new_services_enabled is false there"),
        ("stale_gateway_replica", HOLD, "the old value is still served"),
        ("raw_404_on_new_services", STOP, "is a raw 404, the route is not mounted"),
        ("proxy_page_on_new_services", STOP, "a page in place of the service"),
        ("refresh_for_everybody", STOP, "a refresh without a token: let in: 200"),
        ("audit_row_missing", HOLD, "no row since the flip"),
        ("audit_row_doubled", HOLD, "doubled: config.refresh"),
        ("audit_row_misshapen", HOLD, "misshapen: config.refresh feature-flags"),
    ],
)
def test_the_stage_after_the_flip_leaves_go(after_the_flip: Cutover, fault: str, status: int, told: str) -> None:
    with after_the_flip.broken(fault):
        ended = after_the_flip.stage("after_flip_3")
    assert (ended.status, told in ended.text) == (status, True), ended.text


def test_it_is_go_once_nothing_is_broken(after_the_flip: Cutover) -> None:
    assert after_the_flip.stage("after_flip_3").status == GO


# The last ones: what has failed at the gateway stays in its history; this one first, while it is clean.
def test_errors_on_one_path_alone_stop(after_the_flip: Cutover) -> None:
    with after_the_flip.broken("errors_on_one_path"):
        after_the_flip.command("advance", "6m")
        ended = after_the_flip.stage("after_flip_3")
    assert (ended.status, "ConflictService 503" in ended.text) == (STOP, True), ended.text


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("serving_but_the_read_fails", "ListConflicts over gRPC at"),
        ("bad_gateway_on_new_services", "an error of the gateway: the gateway or the service behind it is unhealthy"),
    ],
)
def test_what_fails_behind_a_healthy_face_stops(after_the_flip: Cutover, fault: str, told: str) -> None:
    with after_the_flip.broken(fault):
        ended = after_the_flip.stage("after_flip_3")
    assert (ended.status, told in ended.text) == (STOP, True), ended.text
