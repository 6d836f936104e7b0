"""The reads that moved with the first flip: what the shim answers, and what its log says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal import lines
from flipgate.rehearsal.catalogue import HOLD, STOP, Trial, fault, look_alike
from flipgate.rehearsal.services.seed import TEST_ORG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World


_SHIM = "Every replica takes the shim path and none falls back to legacy"
_CAPTURED = "Every tenant's answers are captured"
_WAITS = "The second flip waits for the checks after the first"
_PARITY = "The first flip changes no answer"
_FELL_BACK = '"fallback to legacy" on tenant-service-7c9d5b6f4-2xkqp'


@fault("D4 G9", Trial("shim", _SHIM, STOP, told=_FELL_BACK, lived_s=60))
def fallback_in_one_replica(world: World) -> Iterator[None]:
    """One replica of tenant-service falls back to the legacy tables; its answers stay the same, only its log tells."""
    with world.fleet.misbehaving("tenant-service", pod=0, fallback_to_legacy=True):
        yield
    world.advance(6 * 60)


@fault(
    "D7",
    Trial("shim", _SHIM, STOP, told="an error that names the shim on tenant-service-7c9d5b6f4-m8wzt", lived_s=60),
)
def shim_errors_in_one_replica(world: World) -> Iterator[None]:
    """One replica of tenant-service logs an error that names the shim with every ListTeams."""
    with world.fleet.misbehaving("tenant-service", pod=1, shim_errors=True):
        yield
    world.advance(6 * 60)


@fault("", Trial("shim", _SHIM, HOLD, told="no log line at all from tenant-service", lived_s=360))
def no_log_lines(world: World) -> Iterator[None]:
    """No replica of tenant-service logs its calls any more."""
    with world.fleet.misbehaving("tenant-service", silent=True):
        yield
    world.advance(6 * 60)


@fault("", Trial("shim", _SHIM, HOLD, told="not in force on tenant-service-7c9d5b6f4-m8wzt (silent)", lived_s=360))
def one_silent_replica(world: World) -> Iterator[None]:
    """One replica of tenant-service logs its calls no more; the others do."""
    with world.fleet.misbehaving("tenant-service", pod=1, silent=True):
        yield
    world.advance(6 * 60)


@fault(
    "",
    Trial("after_flip_1", _PARITY, STOP, told="does not resolve"),
    Trial(
        "before_flip_2",
        _WAITS,
        HOLD,
        told='stage "after_flip_1": STOP',
        after=("after_flip_1",),
    ),
)
def empty_list_teams(world: World) -> Iterator[None]:
    """The shim answers ListTeams with nothing; before the flip the legacy path answers, and nothing shows."""
    with world.fleet.misbehaving("tenant-service", empty_list_teams=True):
        yield


@fault("G2", Trial("after_flip_1", _PARITY, STOP, told="missing"))
def last_page_missing(world: World) -> Iterator[None]:
    """The shim leaves out the last page of ListTeams; the first page is the same as before."""
    with world.fleet.misbehaving("tenant-service", last_page_missing=True):
        yield


@fault("G3", Trial("after_flip_1", _PARITY, STOP, told="missing"))
def first_page_only(world: World) -> Iterator[None]:
    """The shim answers the first hundred teams and does not say that there are more."""
    with world.fleet.misbehaving("tenant-service", single_page=True):
        yield


@fault("G11", Trial("after_flip_1", _PARITY, STOP, told="duplicated"))
def a_team_twice(world: World) -> Iterator[None]:
    """The shim lists the last team of every page twice; as a set nothing changed."""
    with world.fleet.misbehaving("tenant-service", last_team_twice=True):
        yield


@look_alike(
    "G4",
    Trial("baseline", _CAPTURED),
    Trial("after_flip_1", _PARITY),
    Trial("before_flip_2", _WAITS, after=("after_flip_1",)),
    Trial("rollback", "The rollback restores every answer"),
)
def teams_in_another_order(world: World) -> Iterator[None]:
    """Each page's teams are listed in another order; no order is promised anywhere."""
    with world.fleet.misbehaving("tenant-service", shuffled=True):
        yield


@fault("G12", Trial("after_flip_1", _PARITY, STOP, told="name"))
def another_normal_form(world: World) -> Iterator[None]:
    """The mirror keeps one team's name in another normal form of Unicode; it looks the same, its bytes differ."""
    with world.postgres.connect() as connection:
        connection.execute(
            "update org_units set name = normalize(name, NFD) where id ="
            " (select min(id) from org_units where kind = 'team' and name <> normalize(name, NFD))"
        )
    yield
    with world.postgres.connect() as connection:
        connection.execute("update org_units u set name = t.name from teams t where t.id = u.id and u.name <> t.name")


@fault("G1", Trial("baseline", _CAPTURED, HOLD, told="empty for the test org"))
def nothing_to_compare_with(world: World) -> Iterator[None]:
    """The test org lists no team before the flip: afterwards, nothing would equal nothing."""
    with world.fleet.misbehaving("tenant-service", blank_tenant=TEST_ORG):
        yield


@look_alike("D7", Trial("shim", _SHIM))
def warnings_in_the_log(world: World) -> Iterator[None]:
    """A replica of tenant-service logs warnings about something else, as it does on any day."""
    lines.write(world, "tenant-service", "WARN", "http.client", "a slow client was dropped")
    yield
