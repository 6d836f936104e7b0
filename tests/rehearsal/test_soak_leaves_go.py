"""What happens in the day after the third flip is found at its end: each fault of the soak makes its gate leave GO."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rehearsal.cutovers import GO, HOLD, STOP, Cutover, cutover

pytestmark = pytest.mark.xdist_group("soak")


@pytest.fixture(scope="module")
def soaked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cutover]:
    """All three flips are made and seen, and a day has passed since."""
    with cutover("soak", tmp_path_factory.mktemp("soak")) as played:
        played.flip()
        for flag in ("cascade_4layer", "new_services_enabled"):
            played.command("flip", flag, "true")
            assert played.stage("soak").status == HOLD
        played.command("advance", "1441m")
        yield played


def test_a_soak_without_incident_is_go(soaked: Cutover) -> None:
    ended = soaked.stage("soak")
    assert ended.status == GO, ended.text


@pytest.mark.parametrize(
    ("fault", "status", "told"),
    [
        ("missing_soak_day", HOLD, "no report of 20"),
        ("bug_on_page_2", STOP, "#707"),
        ("flag_toggled_in_soak", STOP, '"cascade_4layer" became true'),
        # The last one: what has drifted in the soak stays in its history.
        ("drift_that_ended", STOP, "above 0 at"),
    ],
)
def test_the_soak_leaves_go(soaked: Cutover, fault: str, status: int, told: str) -> None:
    with soaked.broken(fault):
        ended = soaked.stage("soak")
    assert (ended.status, told in ended.text) == (status, True), ended.text
