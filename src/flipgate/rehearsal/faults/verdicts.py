"""What governance allows and denies on the cascade, and how often its policies conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flipgate.rehearsal.catalogue import STOP, Trial, fault, look_alike
from flipgate.rehearsal.wire import Broken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flipgate.rehearsal.world import World

_VERDICTS = "The second flip changes no verdict"
_DENIED = "The cascade denies no greater share than before"
_CONFLICTS = "The second flip brings no spike of policy conflicts"


@fault(
    "",
    Trial(
        "after_flip_2",
        _CONFLICTS,
        STOP,
        told="expected by the baseline's",
        begins="flipped",
        lived_s=360,
        stays=True,
    ),
)
def policy_conflicts_spike(world: World) -> Iterator[None]:
    """The cascade finds sixty times as many policy conflicts as were found before."""
    with world.fleet.misbehaving("context-engine", conflicts_per_hour=180.0):
        yield


@fault(
    "",
    Trial(
        "after_flip_2",
        _DENIED,
        STOP,
        told="share of DENY",
        begins="flipped",
        stays=True,
    ),
    Trial("after_flip_2", _VERDICTS, STOP, begins="flipped", stays=True),
)
def cascade_denies_exports(world: World) -> Iterator[None]:
    """The cascade denies every export, which the three layers mostly allowed."""
    with world.fleet.misbehaving("context-engine", denies="export"):
        yield


@fault("F6", Trial("after_flip_2", _VERDICTS, STOP))
def no_verdict_in_the_answer(world: World) -> Iterator[None]:
    """The cascade leaves the verdict unset: on the wire that is the first value of the enumeration, "unspecified"."""
    with world.fleet.misbehaving("context-engine", no_verdict=True):
        yield


@look_alike("", Trial("after_flip_2", _CONFLICTS, begins="flipped", stays=True))
def nine_more_conflicts(world: World) -> Iterator[None]:
    """Nine policies conflict within the minutes after the flip, where hardly one is expected."""
    with world.fleet.misbehaving("context-engine", conflicts_per_hour=0.0):
        with world.postgres.connect() as connection:
            connection.execute(
                "insert into policy_conflicts"
                " select id || '-again', tenant_id, policy_a, policy_b, clock_timestamp(), clock_timestamp()"
                " from policy_conflicts order by id limit 9"
            )
        yield
    with world.postgres.connect() as connection:
        connection.execute("delete from policy_conflicts where id like '%-again'")


@look_alike("", Trial("after_flip_2", _DENIED, begins="flipped", stays=True))
def denied_1_5_points_more(world: World) -> Iterator[None]:
    """Users ask a little more often for what nobody may do: the share of deny is 1.5 points up, no verdict changed."""
    with world.fleet.misbehaving("context-engine", denied_more=0.015):
        yield


@look_alike(
    "C2",
    Trial("baseline", "The verdicts of the old path are captured"),
    Trial(
        "after_flip_2",
        _VERDICTS,
        also=("Governance latency is measured, by samples of its own where no histogram serves",),
    ),
)
def governance_is_far_away(world: World) -> Iterator[None]:
    """One replica of context-engine is 10 ms away from the suite: its answers come late, and took no longer to make."""
    with world.network.broken("context-engine", Broken(latency_s=0.01), number=1):
        yield
